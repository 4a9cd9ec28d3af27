"""The same newspaper as a good tutorial would write it: Flask-SQLAlchemy, Jinja, Flask-WTF and bleach, and no cache.

Settings are the libraries' defaults, SQLite's too; relationships are lazy. It has the site's pages with the same text.
Where a tutorial may do well or badly it does well: an article knows its number of comments, and a discussion is read
with one query. BENCH_DATABASE_URL names its own store.
"""

from datetime import datetime

from flask import Flask, redirect, render_template, request, url_for
from sqlalchemy import select

from bench.contestants.tutorial.forms import CommentForm, cleaned
from bench.contestants.tutorial.models import Article, Comment, Section, db, now


def create_app(url: str) -> Flask:
    """The application on that store."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="no secret at all", SQLALCHEMY_DATABASE_URI=url)
    db.init_app(app)
    app.add_template_filter(as_moment)
    app.add_template_filter(as_day)
    app.context_processor(furniture)
    app.add_url_rule("/", view_func=index)
    app.add_url_rule("/articles/<slug>", view_func=article)
    app.add_url_rule("/articles/<slug>/comments", view_func=add_comment, methods=["POST"])
    return app


def as_day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def as_moment(at: datetime) -> str:
    return f"{as_day(at)}, {at:%H:%M} UTC"


def furniture() -> dict[str, object]:
    """What the masthead shows."""
    sections = db.session.scalars(select(Section).order_by(Section.position)).all()
    return {"sections": sections, "today": now(), "site_name": "Davidson News"}


def index() -> str:
    """The homepage: a lead, two seconds, the rails, and four articles of each section; nothing stands there twice."""
    recent = db.session.scalars(public().limit(40)).all()
    lead, *seconds = recent[:3]
    discussed = sorted(recent[3:], key=lambda one: (-one.comment_count, one.published_at))[:5]
    latest = [one for one in recent[3:] if one not in discussed][:6]
    above = {lead, *seconds, *latest, *discussed}
    columns = []
    for section in db.session.scalars(select(Section).order_by(Section.position)):
        newest = db.session.scalars(public().where(Article.section == section).limit(4 + len(above))).all()
        columns.append((section, [one for one in newest if one not in above][:4]))
    return render_template("index.html", lead=lead, seconds=seconds, latest=latest, columns=columns, most=discussed)


def article(slug: str) -> str:
    """An article with its discussion and the form."""
    found = by_slug(slug)
    return page_of(found, CommentForm())


def page_of(found: Article, form: CommentForm) -> str:
    """The article's page with that form."""
    more = db.session.scalars(
        public().where(Article.section_id == found.section_id, Article.id != found.id).limit(4)
    ).all()
    said = select(Comment).where(Comment.article == found, Comment.approved).order_by(Comment.created_at, Comment.id)
    comments = db.paginate(said, page=request.args.get("page", 1, type=int), per_page=50)
    return render_template("article.html", article=found, more=more, comments=comments, form=form)


def add_comment(slug: str) -> object:
    """Store a comment, which waits for a moderator, and go back to the article."""
    found = by_slug(slug)
    form = CommentForm()
    if not form.validate_on_submit():
        return page_of(found, form), 422
    comment = Comment(article=found, name=form.name.data, html=cleaned(form.body.data), created_at=now())
    db.session.add(comment)
    db.session.commit()
    return redirect(url_for("article", slug=slug), code=303)


def by_slug(slug: str) -> Article:
    """The article with that slug, or 404."""
    found: Article = db.one_or_404(public().where(Article.slug == slug))
    return found


def public():  # type: ignore[no-untyped-def]
    """The public articles, newest first."""
    return select(Article).where(Article.published_at <= now()).order_by(Article.published_at.desc())
