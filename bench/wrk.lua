-- What bench/load.py tells wrk by the environment:
-- BENCH_STATUS  the status that each answer must have; empty to look at none, for the fastest of servers
-- BENCH_FORM    the body of a POST; empty for a GET
-- BENCH_PATH    the path; {number} and {words} in it and in the form become the request's number and random words
-- BENCH_FIRST   the first number
local expected = tonumber(os.getenv("BENCH_STATUS"))
local form = os.getenv("BENCH_FORM") or ""
local path = os.getenv("BENCH_PATH")
local vocabulary = {}
for word in string.gmatch(os.getenv("BENCH_WORDS"), "%a+") do vocabulary[#vocabulary + 1] = word end
local threads = {}

function setup(thread) threads[#threads + 1] = thread end

function init(arguments)
    number = tonumber(os.getenv("BENCH_FIRST")) - 1
    wrong, sample = 0, 0
    math.randomseed(os.time() * 1000 + number % 1000)
end

local function words()
    local said = {}
    for place = 1, 20 do said[place] = vocabulary[math.random(#vocabulary)] end
    return table.concat(said, "+")
end

local function filled(text)
    return (text:gsub("{number}", string.format("%d", number)):gsub("{words}", words))
end

if form ~= "" then
    function request()
        number = number + 1
        return wrk.format("POST", filled(path), wrk.headers, filled(form))
    end
end

if expected then
    function response(status, headers, body)
        if status ~= expected then wrong, sample = wrong + 1, status end
    end
end

function done(summary, latency, requests)
    local wrong, sample, number = 0, 0, 0
    for _, thread in ipairs(threads) do
        wrong, number = wrong + thread:get("wrong"), math.max(number, thread:get("number"))
        sample = math.max(sample, thread:get("sample"))
    end
    local errors = summary.errors
    io.write(string.format(
        'BENCH {"requests": %d, "micros": %d, "wrong": %d, "sample": %d, "broken": %d, "timeouts": %d, "last": %d,'
            .. ' "p50": %d, "p95": %d, "p99": %d, "slowest": %d}\n',
        summary.requests, summary.duration, math.max(wrong, errors.status), sample,
        errors.connect + errors.read + errors.write, errors.timeout, number,
        latency:percentile(50), latency:percentile(95), latency:percentile(99), latency.max))
end
