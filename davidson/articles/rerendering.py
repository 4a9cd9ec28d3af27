"""Rendering articles anew, each in a transaction of its own. This commits."""

from collections.abc import Iterable

from davidson.articles.models import Article
from davidson.articles.rendering import BEHIND_PICTURES, articles_to_render, outdated_articles, render_again
from davidson.database import db
from davidson.text.bounds import TextTooLong


def render_each(article_ids: Iterable[int]) -> list[str]:
    """Make the HTML of these articles anew; gives a line for each that cannot be, which stays as it was.

    Whoever reads, comments or writes waits for one article at most, and what a killed process leaves stays outdated.
    """
    faults: list[str] = []
    for article_id in article_ids:
        for article in articles_to_render(Article.id == article_id):
            try:
                render_again(article)
            except TextTooLong as fault:
                faults.append(f"{article.slug}: {fault}")
        db.session.commit()
    return faults


def catch_up_with_pictures() -> list[str]:
    """Let texts name the files that their pictures have now, after these were committed; gives faults as above."""
    return render_each(outdated_articles(BEHIND_PICTURES))
