"""robots.txt (RFC 9309): what crawlers are asked to leave alone."""

from collections.abc import Iterable

TYPE = "text/plain"
# Forms, receipts and the staff's desks: nothing that anybody would look for.
NOT_FOR_CRAWLERS = ("/staff/", "/search", "/comments/", "/mail/", "/articles/*/comments/", "/*?reply=", "/*?order=")
# Those that gather text to train models or to answer from, by the names that their owners have made known.
AI_CRAWLERS = (
    *("AI2Bot", "Amazonbot", "anthropic-ai", "Applebot-Extended", "Bytespider", "CCBot", "ClaudeBot", "cohere-ai"),
    *("cohere-training-data-crawler", "Diffbot", "DuckAssistBot", "FacebookBot", "Google-Extended", "GPTBot"),
    *("ImagesiftBot", "meta-externalagent", "MistralAI-User", "OAI-SearchBot", "omgili", "omgilibot"),
    *("PanguBot", "PerplexityBot", "Timpibot", "Webzio-Extended", "YouBot"),
)


def document(*, refuses_ai: bool, sitemaps: Iterable[str]) -> str:
    """The file; `sitemaps` are whole addresses."""
    refused = [*(f"User-agent: {name}" for name in AI_CRAWLERS), "Disallow: /", ""] if refuses_ai else []
    others = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_CRAWLERS), ""]
    return "\n".join([*refused, *others, *(f"Sitemap: {url}" for url in sitemaps)]).rstrip() + "\n"
