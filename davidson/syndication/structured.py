"""What a page is, as JSON-LD in the words of schema.org. A property whose value the site does not have is left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from davidson.articles.cards import Card, Link, Picture
from davidson.articles.changes import ChangeKind
from davidson.articles.story import Note, Story
from davidson.media.renditions import CROPS
from davidson.text.dates import iso

Node = dict[str, Any]


@dataclass(frozen=True)
class Paper:
    """The site as publisher. `origin` stands before each path; `logo` is the path of a square of `logo_size` px."""

    name: str
    origin: str
    logo: str
    logo_size: int

    def url(self, path: str) -> str:
        """A path as an address."""
        return f"{self.origin}{path}"

    @property
    def reference(self) -> Node:
        """The publisher, who is told in full once in each page's graph."""
        return {"@id": self.url("/#publisher")}


def article_graph(story: Story, paper: Paper) -> Node:
    """An article's page."""
    trail = [story.section] if story.section else []
    return _graph(_article(story, paper), breadcrumbs([*trail, Link(story.headline, story.url)], paper), paper)


def front_graph(cards: Iterable[Card], paper: Paper) -> Node:
    """The homepage."""
    site = {"@type": "WebSite", "@id": paper.url("/#website"), "url": paper.url("/"), "name": paper.name}
    page = _page("CollectionPage", Link(paper.name, "/"), paper) | {"mainEntity": _listed(cards, paper)}
    return _graph(site | {"publisher": paper.reference}, page, paper)


def list_graph(place: Link, description: str, cards: Iterable[Card], paper: Paper) -> Node:
    """The page of a section or a tag."""
    page = _page("CollectionPage", place, paper) | _known(description=description)
    return _graph(page | {"mainEntity": _listed(cards, paper)}, breadcrumbs([place], paper), paper)


def author_graph(author: Link, description: str, cards: Iterable[Card], paper: Paper) -> Node:
    """The page of an author."""
    person = _person(author, paper) | _known(description=description)
    page = _page("ProfilePage", author, paper) | {"mainEntity": person, "hasPart": _listed(cards, paper)}
    return _graph(page, breadcrumbs([author], paper), paper)


def page_graph(place: Link, paper: Paper) -> Node:
    """A page about the paper itself."""
    return _graph(_page("WebPage", place, paper), breadcrumbs([place], paper), paper)


def breadcrumbs(trail: Sequence[Link], paper: Paper) -> Node:
    """Where a page stands below the front."""
    places = [Link(paper.name, "/"), *trail]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": place.name, "item": paper.url(place.url)}
            for number, place in enumerate(places, start=1)
        ],
    }


def _graph(*nodes: Node | Paper) -> Node:
    graph = [_publisher(node) if isinstance(node, Paper) else node for node in nodes]
    return {"@context": "https://schema.org", "@graph": graph}


def _article(story: Story, paper: Paper) -> Node:
    url = paper.url(story.url)
    return {
        "@type": "NewsArticle",
        "@id": url,
        "url": url,
        "mainEntityOfPage": url,
        "headline": story.headline,
        "datePublished": iso(story.published_at),
        "dateModified": iso(story.updated_at or story.published_at),
        "author": [_person(author, paper) for author in story.authors] or paper.reference,
        "publisher": paper.reference,
        "inLanguage": story.lang,
        "isAccessibleForFree": True,
        "commentCount": story.comment_count,
    } | _known(
        description=story.standfirst,
        wordCount=story.word_count,
        citation=[_known(name=source.title, url=source.url) | {"@type": "CreativeWork"} for source in story.sources],
        correction=[_correction(note) for note in story.notes if note.kind is ChangeKind.CORRECTION],
        articleSection=story.section.name if story.section else "",
        keywords=[tag.name for tag in story.tags],
        image=_images(story.picture, paper) if story.picture else None,
        thumbnailUrl=paper.url(story.picture.src) if story.picture else "",
    )


def _correction(note: Note) -> Node:
    return {"@type": "CorrectionComment", "text": note.text, "datePublished": iso(note.at)}


def _publisher(paper: Paper) -> Node:
    logo = paper.url(paper.logo)
    size = {"width": paper.logo_size, "height": paper.logo_size}
    return paper.reference | {
        "@type": "NewsMediaOrganization",
        "name": paper.name,
        "url": paper.url("/"),
        "logo": {"@type": "ImageObject", "url": logo} | size,
        "actionableFeedbackPolicy": paper.url("/about/moderation"),
        "correctionsPolicy": paper.url("/corrections"),
    }


def _page(kind: str, place: Link, paper: Paper) -> Node:
    url = paper.url(place.url)
    return {"@type": kind, "@id": url, "url": url, "name": place.name}


def _person(author: Link, paper: Paper) -> Node:
    return {"@type": "Person", "name": author.name, "url": paper.url(author.url)}


def _images(picture: Picture, paper: Paper) -> list[Node]:
    """The picture in each of the crops that search engines ask for; as it is, where those were not made yet."""
    return [_image(crop, paper) for crop in dict.fromkeys(map(picture.crop, CROPS))]


def _image(picture: Picture, paper: Paper) -> Node:
    url = paper.url(picture.src)
    size = {"width": picture.width, "height": picture.height}
    known = _known(caption=picture.caption, creditText=picture.credit)
    return {"@type": "ImageObject", "url": url, "contentUrl": url} | size | known


def _listed(cards: Iterable[Card], paper: Paper) -> Node:
    return {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "url": paper.url(card.url)}
            for number, card in enumerate(cards, start=1)
        ],
    }


def _known(**values: Any) -> Node:
    """Those of the properties that have a value."""
    return {name: value for name, value in values.items() if value}
