vcl 4.1;

# Varnish 7 in front of the site; goes into /etc/varnish/default.vcl. It needs Debian's package varnish-modules.
# The site is told DAVIDSON_TRUSTED_PROXIES=1. Varnish keeps a page in each coding that the site offers only where it is
# started with `-p http_gzip_support=off`; without that it keeps gzip alone, and all is right too.
#
# What it does is decided by the site:
# - Without DAVIDSON_PURGE_URL pages say `no-cache`: Varnish keeps them, and asks the site on each request whether they
#   are still right. No page is ever stale.
# - With DAVIDSON_PURGE_URL=http://127.0.0.1:6081/purge, this Varnish's own address, they say `s-maxage` and are answered
#   without asking until the site purges them, a moment after the change, or until those seconds are over.

import xkey;

backend site {
    .host = "127.0.0.1";
    .port = "8000";
    .first_byte_timeout = 35s;
}

# Who may purge: where the site's workers run, by the addresses that Varnish sees.
acl purgers {
    "localhost";
}

# Who is believed about X-Forwarded-*: an nginx that ends TLS in front of Varnish.
acl proxies {
    "localhost";
}

sub vcl_recv {
    # Varnish has put the client's address at the end of X-Forwarded-For. Whoever came through a proxy has more than one
    # there, and is a reader whom the proxy let through.
    if (req.url == "/purge" && req.method == "POST") {
        if (client.ip !~ purgers || req.http.X-Forwarded-For ~ ",") {
            return (synth(403, "Forbidden"));
        }
        if (!req.http.Surrogate-Key) {
            return (synth(400, "Surrogate-Key is missing"));
        }
        set req.http.X-Purged = xkey.purge(req.http.Surrogate-Key);
        return (synth(200, "Purged"));
    }

    # The site is given one address, and nothing else that a client made up.
    if (client.ip ~ proxies && req.http.X-Forwarded-For ~ ",") {
        set req.http.X-Forwarded-For = regsub(req.http.X-Forwarded-For, "^.*?([^, ]+), *[^,]+$", "\1");
    } else {
        set req.http.X-Forwarded-For = client.ip;
        set req.http.X-Forwarded-Host = req.http.Host;
        unset req.http.X-Forwarded-Port;
        unset req.http.X-Forwarded-Proto;
        unset req.http.X-Request-ID;
    }
    unset req.http.Forwarded;
    unset req.http.X-Real-IP;

    # One word for all browsers that take the same codings, so that a page is kept once for each. Whoever refuses some
    # coding by name gets none.
    if (req.http.Accept-Encoding ~ "(?i)q=0(\.0*)?\s*(,|$)") {
        unset req.http.Accept-Encoding;
    } else if (req.http.Accept-Encoding ~ "(?i)^(?=.*\bzstd\b)(?=.*\bbr\b)(?=.*\bgzip\b)") {
        set req.http.Accept-Encoding = "zstd, br, gzip";
    } else if (req.http.Accept-Encoding ~ "(?i)^(?=.*\bbr\b)(?=.*\bgzip\b)") {
        set req.http.Accept-Encoding = "br, gzip";
    } else if (req.http.Accept-Encoding ~ "(?i)\bgzip\b") {
        set req.http.Accept-Encoding = "gzip";
    } else {
        unset req.http.Accept-Encoding;
    }

    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    # Private, or about this moment: staff, readers' receipts, probes.
    if (req.url ~ "^/(staff|comments)(/|\?|$)" || req.url ~ "^/(healthz|readyz|metrics)(\?|$)") {
        return (pass);
    }
    # Pages and files are the same for everybody; the site reads a cookie below /staff only.
    unset req.http.Cookie;
    unset req.http.Authorization;
    return (hash);
}

sub vcl_hit {
    # What came in while this request waited counts as a hit. It was asked for by an earlier request, perhaps before the
    # change that this reader knows of, so the site is asked once more.
    if (obj.http.Cache-Control ~ "(?i)no-cache") {
        return (pass);
    }
}

sub vcl_backend_response {
    # Nothing is answered once its time is over, not even while it is being asked for anew.
    set beresp.grace = 0s;
    if (beresp.http.Set-Cookie || beresp.http.Cache-Control ~ "(?i)no-store|private" || beresp.status >= 300 && beresp.status != 304) {
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
        return (deliver);
    }
    if (beresp.http.Cache-Control ~ "(?i)no-cache") {
        if (!beresp.http.ETag) {
            set beresp.uncacheable = true;
        }
        # A microsecond: what has no time at all is not asked about later. vcl_hit lets nobody have it within that time.
        set beresp.ttl = 1ms * 0.001;
        # So long it is kept to be asked about: a 304 costs the site next to nothing.
        set beresp.keep = 1d;
        return (deliver);
    }
    if (beresp.http.Cache-Control ~ "(?i)s-maxage=") {
        set beresp.http.xkey = beresp.http.Surrogate-Key;
        set beresp.keep = 1d;
        return (deliver);
    }
    if (beresp.http.Cache-Control !~ "(?i)immutable") {
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
    }
    return (deliver);
}

sub vcl_deliver {
    # What was said to Varnish is for nobody behind it, who is told of no change.
    if (resp.http.Cache-Control ~ "(?i)s-maxage=") {
        set resp.http.Cache-Control = "public, no-cache";
    }
    if (obj.hits > 0) {
        unset resp.http.X-Request-ID;
    }
    unset resp.http.Surrogate-Key;
    unset resp.http.xkey;
    unset resp.http.Age;
    unset resp.http.Via;
    unset resp.http.X-Varnish;
}

sub vcl_synth {
    if (req.http.X-Purged) {
        set resp.http.Content-Type = "text/plain";
        synthetic(req.http.X-Purged + " pages");
        return (deliver);
    }
}
