/* Keys for moderators, on top of forms that work without. A key does nothing but press a button of the focused card, and
   nothing at all while it is held down. After one was pressed what comes next is another page: for that j, k and u wait,
   which go from card to card or take back what was just decided. A decision never waits, for its card is not seen yet. */
const OFF = "davidson-keys-off";
const BUTTONS = { a: "approve", r: "reject", s: "spam", u: "undo" };
const OF_MANY = { A: "approve", R: "reject", S: "spam" };
const TICKS = "davidson-ticks";
const AHEAD = "davidson-ahead";
const MOST_AHEAD = 3;
const WAIT = 10000;
const SHOWN = 5000;
const cards = [...document.querySelectorAll(".queue-card")];
const help = document.getElementById("queue-keys");
const uses = document.getElementById("queue-keys-on");
const live = document.getElementById("queue-live");
const done = document.querySelector(".undo-line");
const bulk = document.getElementById("bulk-form");
const title = document.getElementById("bulk-title");
const untold = title?.textContent;
const back = document.getElementById("queue-back");
const PASSING = 500;
let isSent = false;
let about = "";
let shown = 0;
let look = 0;
let seen = null;

function kept(change, store = "localStorage") {
  try {
    return change(window[store]);
  } catch {
    return null; // Where nothing may be kept, keys are on with every page, and ticks are lost with it.
  }
}

function say(text, isSeen = true) {
  window.clearTimeout(shown);
  live.textContent = text;
  live.classList.toggle("hidden", !isSeen);
  shown = window.setTimeout(() => live.classList.add("hidden"), SHOWN);
}

function here() {
  return document.activeElement?.closest(".queue-card") ?? null;
}

function go(step) {
  const at = cards.indexOf(here());
  const card = cards[at < 0 ? 0 : Math.min(Math.max(at + step, 0), cards.length - 1)];
  card?.focus();
}

function boxes() {
  return [...document.querySelectorAll(".queue-card__tick")];
}

function ticked() {
  return boxes().filter((each) => each.checked);
}

function tellTicks() {
  title.textContent = ticked().length ? `${ticked().length} ticked` : untold;
}

function pressForAll(decision) {
  const button = bulk.querySelector(`button[name="decision"][value="${decision}"]`);
  if (!button || !ticked().length) {
    say(button ? "Nothing is ticked. Press x for that." : "That cannot be done here.");
    return;
  }
  isSent = true;
  button.click();
}

function choose(number) {
  const reason = here()?.querySelector(".queue-card__reason");
  if (reason?.options[number - 1]) {
    reason.selectedIndex = number - 1;
    say(reason.options[number - 1].text);
  } else {
    say(reason ? "There are not so many reasons." : "No comment is chosen that can be rejected.");
  }
}

function press(decision) {
  const around = decision === "undo" && done?.querySelector("button") ? done : here();
  if (!around && decision === "undo") {
    say("Nothing to undo here.");
    return;
  }
  if (!around) {
    say("No comment is chosen. Press j for the first one.");
    return;
  }
  const button = around.querySelector(`button[name="decision"][value="${decision}"]`);
  if (!button) {
    say(decision === "undo" ? "Nothing more to undo here. What was decided before stands in the other tabs." : "That cannot be done to this comment.");
    return;
  }
  isSent = true;
  about = button.form.getAttribute("action");
  button.click();
}

function tick(all) {
  const box = here()?.querySelector(".queue-card__tick");
  if (all) {
    const isOn = !boxes().every((each) => each.checked);
    boxes().forEach((each) => (each.checked = isOn));
  } else if (box) {
    box.checked = !box.checked;
  } else {
    say("No comment is chosen. Press j for the first one.");
    return;
  }
  tellTicks();
  say(`${ticked().length} ticked`);
}

function isTyping(target) {
  return target instanceof Element && target.closest("input:not(.queue-card__tick), select, textarea, [contenteditable]") !== null;
}

/* Others are told for a minute who looks at a card; not of one that is only passed. */
function onFocus() {
  window.clearTimeout(look);
  const form = here()?.querySelector("form");
  const token = form?.elements.csrf_token.value;
  if (token && here() !== seen) {
    look = window.setTimeout(() => {
      seen = here();
      const body = new URLSearchParams({ csrf_token: token });
      fetch(`${form.getAttribute("action")}/look`, { method: "POST", body, keepalive: true }).catch(() => {});
    }, PASSING);
  }
}

/* Keeps a key for the page that is being loaded, unless it is one that decides. */
function keepAhead(key) {
  kept((store) => {
    const [keys] = aheadIn(store);
    if ("jku".includes(key) && keys.length < MOST_AHEAD) {
      store.setItem(AHEAD, `${keys}${key} ${Date.now()} ${about}`);
    }
  }, "sessionStorage");
}

function aheadIn(store) {
  const [keys, at, of] = store.getItem(AHEAD)?.split(" ") ?? [];
  return Date.now() - at < WAIT ? [keys, of] : ["", ""];
}

/* What is undone is the decision after which the key was pressed, and no other that the page may tell of. */
function pressAhead() {
  const [keys, of] = kept(aheadIn, "sessionStorage") ?? ["", ""];
  kept((store) => store.removeItem(AHEAD), "sessionStorage");
  for (const key of keys) {
    if (key !== "u") {
      go(key === "j" ? 1 : -1);
    } else if (!isSent && done?.querySelector("form")?.getAttribute("action") === of) {
      press("undo");
    }
  }
}

function isMeant(event) {
  return !(event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target));
}

function areOn() {
  return kept((store) => store.getItem(OFF)) === null;
}

/* Where somebody was faster, keys lead back to the queue and do nothing else: what stands there is another's decision. */
function onKeyInClash(event) {
  if ((event.key === "j" || event.key === "k") && isMeant(event) && !event.repeat && areOn()) {
    back.click();
  }
}

function onKey(event) {
  if (!isMeant(event)) {
    return;
  }
  if (event.key === "?") {
    help.open = !help.open;
  } else if (!uses.checked || event.repeat) {
    return;
  } else if (isSent) {
    keepAhead(event.key);
  } else if (event.key === "j" || event.key === "k") {
    go(event.key === "j" ? 1 : -1);
  } else if (bulk && (event.key === "x" || event.key === "X")) {
    tick(event.key === "X");
  } else if (bulk && event.key in OF_MANY) {
    pressForAll(OF_MANY[event.key]);
  } else if (event.key >= "1" && event.key <= "9") {
    choose(Number(event.key));
  } else if (event.key in BUTTONS) {
    press(BUTTONS[event.key]);
  } else {
    return;
  }
  event.preventDefault();
}

/* A decision on one comment leads to a new page; what is ticked and still there is ticked on it too. */
function keepTicks(event) {
  if (event.target !== bulk) {
    kept((store) => store.setItem(TICKS, ticked().map((each) => each.value).join()), "sessionStorage");
  }
}

function restoreTicks() {
  const values = kept((store) => store.getItem(TICKS), "sessionStorage")?.split(",") ?? [];
  kept((store) => store.removeItem(TICKS), "sessionStorage");
  boxes().forEach((each) => (each.checked ||= values.includes(each.value)));
}

if (cards.length) {
  document.addEventListener("focusin", onFocus);
}
if (bulk) {
  restoreTicks();
  document.addEventListener("submit", keepTicks);
  document.addEventListener("change", tellTicks);
  window.addEventListener("pageshow", tellTicks); // By then the browser has put back what was ticked before.
}
if (back) {
  // Keys that waited for the queue are not for the page after this one.
  kept((store) => store.removeItem(AHEAD), "sessionStorage");
  document.addEventListener("keydown", onKeyInClash);
}
if (help) {
  help.hidden = false;
  uses.checked = areOn();
  uses.addEventListener("change", () => {
    kept((store) => (uses.checked ? store.removeItem(OFF) : store.setItem(OFF, "1")));
  });
  document.addEventListener("keydown", onKey);
  // A page that comes back from the browser's history may be used anew.
  window.addEventListener("pageshow", () => {
    isSent = false;
    // Not before, for until then the browser itself puts the focus on the card that the address names.
    pressAhead();
  });
  if (!document.getElementById(window.location.hash.slice(1)) && document.activeElement === document.body) {
    cards[0]?.focus({ preventScroll: true });
  }
  if (done) {
    // What is in the page when it loads is announced by few screen readers; what changes in it then, by all.
    window.setTimeout(() => live.textContent || say(done.querySelector(".undo-line__said").textContent, false), 200);
  }
}
