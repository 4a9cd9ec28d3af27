"""The kinds of pages that the archive has."""

from tests.browser.kinds import Stage, kind
from tests.browser.newspapers import visitor
from tests.pages import Page, read


@kind("archive")
def archive(stage: Stage) -> Page:
    return read(stage.reader, "/archive")


@kind("archive of a new site")
def archive_of_a_new_site(stage: Stage) -> Page:
    return read(visitor(stage.new.site), "/archive")


@kind("archive, a month")
def archive_of_a_month(stage: Stage) -> Page:
    return read(stage.reader, archive(stage).all("ul.year__months a")[0].attributes["href"])


@kind("archive, a day")
def archive_of_a_day(stage: Stage) -> Page:
    page = archive_of_a_month(stage)
    return read(stage.reader, page.all("table.calendar a")[-1].attributes["href"])
