"""Davidson News: `create_app()` puts the application together."""

from datetime import timedelta

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from davidson.comments.breaker import init_breaker
from davidson.config import Settings, settings_from
from davidson.database import db, engine_options, init_database
from davidson.outbox.draining import init_outbox
from davidson.pagecache.decorator import Pages, init_pages
from davidson.pagecache.front import Front
from davidson.pagecache.purging import init_purging
from davidson.syndication.websub import init_websub
from davidson.web.assets import init_assets
from davidson.web.environment import CompiledTemplates, Environment
from davidson.web.errors import init_errors
from davidson.web.filters import init_filters
from davidson.web.headers import Headers
from davidson.web.limits import init_limits
from davidson.web.log import AnswerLog, configure_logging, init_request_log
from davidson.web.rules import LazyRule

MAX_BODY = 64 * 1024


def create_app(settings: Settings | None = None, *, commands: bool = True) -> Flask:
    """The WSGI application, for the given settings or those of the environment; with commands, if asked.

    Raises ConfigError, with one line for the operator, where a setting is wrong.
    """
    settings = settings or settings_from()
    configure_logging(settings.log_format)
    app = Flask(__name__, static_folder=None, instance_path=str(settings.instance))
    app.url_rule_class = LazyRule
    app.jinja_environment = Environment
    app.extensions["davidson-settings"] = settings
    _configure(app, settings)
    init_database(app)
    init_outbox(app)
    init_purging(app, settings)
    init_websub(app, settings)
    init_breaker(app)
    pages = init_pages(app, settings)
    init_limits(app, settings.redis_url)
    init_filters(app, settings.time_zone)
    log = init_request_log(app, as_json=settings.log_format == "json")
    init_errors(app)
    _add_blueprints(app)
    if commands:
        _add_work(app, settings)
        _add_commands(app)
    _wrap(app, settings, pages, log)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=100,
        SESSION_COOKIE_NAME="davidson_staff",
        SESSION_COOKIE_PATH="/staff",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        TEMPLATES_AUTO_RELOAD=False,
    )
    # Werkzeug would redirect other spellings of a path to an address made of the request's Host header.
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    bytecode = settings.instance / "templates"
    bytecode.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = CompiledTemplates(str(bytecode))
    # A name that a template misspells is a fault of ours, not an empty string.
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(site_name=settings.site_name, origin=settings.base_url)


def _add_blueprints(app: Flask) -> None:
    """Views are imported here and nowhere else: they stand on top of everything."""
    from davidson.about import views as about
    from davidson.accounts import guard
    from davidson.accounts import views as accounts
    from davidson.admin import section_views as sections
    from davidson.admin import views as admin
    from davidson.articles import archive_views as archive
    from davidson.articles import history_views as history
    from davidson.articles import views as articles
    from davidson.audit import views as audit
    from davidson.comments import feed_views as feeds
    from davidson.comments import place_views as places
    from davidson.comments import receipt_views as receipts
    from davidson.comments import report_views as reports
    from davidson.comments import views as comments
    from davidson.homepage import views as homepage
    from davidson.mail import views as mail
    from davidson.media import views as media
    from davidson.moderation import ban_views as bans
    from davidson.moderation import bulk_views as bulk
    from davidson.moderation import figure_views as figures
    from davidson.moderation import mode_views as mode
    from davidson.moderation import request_views as requests
    from davidson.moderation import sender_views as senders
    from davidson.moderation import talk_views as talk
    from davidson.moderation import views as moderation
    from davidson.newsroom import change_views as changes
    from davidson.newsroom import closing_views as closing
    from davidson.newsroom import front_views as front
    from davidson.newsroom import picture_views as picture
    from davidson.newsroom import views as newsroom
    from davidson.operations import views as operations
    from davidson.search import views as search
    from davidson.syndication import crawler_views as crawlers
    from davidson.syndication import views as syndication

    of_paper = (homepage, articles, history, archive, search, about, mail, media, syndication, crawlers)
    for views in (*of_paper, comments, receipts, places, reports, feeds, operations):
        app.register_blueprint(views.bp)
    guard.init_staff(app)
    app.register_blueprint(accounts.entrance)
    of_moderators = (moderation, bulk, requests, talk, mode, senders, bans, figures)
    for desk in (accounts, admin, sections, audit, *of_moderators, newsroom, changes, closing, front, picture):
        app.register_blueprint(desk.bp)
    app.register_blueprint(picture.upload_bp)


def _add_work(app: Flask, settings: Settings) -> None:
    """What a worker for the outbox does by the day and by mail; web processes need not know how."""
    from davidson.comments.letters import init_letters
    from davidson.mail.sending import init_mail
    from davidson.media.sweeping import init_sweeping
    from davidson.moderation.days import init_figures
    from davidson.moderation.relearning import init_relearning
    from davidson.operations.retention import init_retention

    init_retention(app, settings)
    init_figures(app)
    init_relearning(app)
    init_sweeping(app)
    init_mail(app, settings)
    init_letters(app)


def _add_commands(app: Flask) -> None:
    """Commands likewise. What they load (Alembic, Markdown, Pillow) a web process does without."""
    from flask_migrate import Migrate

    from davidson.accounts import commands as accounts
    from davidson.admin import section_commands as sections
    from davidson.audit import commands as audit
    from davidson.homepage import commands as homepage
    from davidson.media import commands as media
    from davidson.moderation import commands as moderation
    from davidson.moderation import screening_commands as screening
    from davidson.newsroom import commands as newsroom
    from davidson.operations import commands as operations
    from davidson.operations import retention_commands as retention
    from davidson.operations.schema import MIGRATIONS
    from davidson.outbox import commands as outbox

    Migrate(app, db, directory=str(MIGRATIONS))
    app.cli.add_command(operations.serve)
    app.cli.add_command(operations.demo)
    app.cli.add_command(operations.doctor)
    app.cli.add_command(outbox.worker)
    app.cli.add_command(moderation.comments)
    app.cli.add_command(screening.screening)
    app.cli.add_command(newsroom.articles)
    app.cli.add_command(homepage.front)
    app.cli.add_command(sections.sections)
    app.cli.add_command(media.media)
    app.cli.add_command(accounts.staff)
    app.cli.add_command(audit.audit)
    app.cli.add_command(retention.retention)


def _wrap(app: Flask, settings: Settings, pages: Pages, log: AnswerLog) -> None:
    """The WSGI layers, innermost first."""
    init_assets(app, settings.instance)
    app.wsgi_app = Front(app.wsgi_app, pages, log)  # type: ignore[method-assign]
    app.wsgi_app = Headers(  # type: ignore[method-assign]
        app.wsgi_app, base_url=settings.base_url, trusted_proxies=settings.trusted_proxies
    )
    proxies = settings.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies, x_port=proxies
        )
