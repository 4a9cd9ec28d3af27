"""Whose a picture is stays in every file that is made of it, read back by ExifTool; where it was taken does not."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from davidson.media.opening import open_picture
from davidson.media.pictures import draw
from davidson.media.rights import Rights
from davidson.media.xmp import MAX_PACKET, BadPacket, read_packet, write_packet
from tests.media.samples import GPS, corners, encoded, files

RIGHTS = Rights(
    creator='Ada "the lens" Byron & Söhne',
    credit="Harbour Times",
    copyright="© 2026 Ada Byron <all rights>",
    licence="https://creativecommons.org/licenses/by/4.0/?a=1&b=2",
    terms="Not for advertising",
    acquire="https://example.org/buy",
    source_type="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
)


@pytest.fixture(scope="session")
def exiftool() -> str:
    program = shutil.which("exiftool")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs exiftool (libimage-exiftool-perl)")
        pytest.skip("exiftool is not installed")
    return program


def told_by(exiftool: str, paths: list[Path]) -> list[dict[str, Any]]:
    """What ExifTool finds in files, but for what every file has."""
    command = [exiftool, "-json", "-G", "-a", "-struct", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told


def from_a_camera(kind: str, rights: Rights) -> bytes:
    """A file with everything that a camera and an agency put into one."""
    exif = Image.Exif()
    exif[0x010F], exif[0xA431] = "CameraMaker", "serial-4711"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (59.0, 54.0, 0.0)
    return encoded(corners(), kind, exif=exif, xmp=rights.packet())


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
def test_exiftool_reads_whose_it_is_in_every_file_and_nothing_else(exiftool, kind, tmp_path):
    drawn = draw(from_a_camera(kind, RIGHTS), folder=tmp_path)
    assert drawn.rights == RIGHTS
    made = files(tmp_path)
    assert len(made) == 12
    for told in told_by(exiftool, made):
        said = {name.partition(":")[2]: value for name, value in told.items() if name.startswith("XMP:")}
        assert said == {
            "Creator": [RIGHTS.creator] if isinstance(said["Creator"], list) else RIGHTS.creator,
            "Credit": RIGHTS.credit,
            "Rights": RIGHTS.copyright,
            "WebStatement": RIGHTS.licence,
            "UsageTerms": RIGHTS.terms,
            "Licensor": [{"LicensorURL": RIGHTS.acquire}],
            "DigitalSourceType": said["DigitalSourceType"],
        }
        assert RIGHTS.source_type in (said["DigitalSourceType"], RIGHTS.source_type)
        assert not {"EXIF", "IPTC", "MakerNotes", "ICC_Profile"} & {name.partition(":")[0] for name in told}
    assert not any(b"serial-4711" in path.read_bytes() for path in made)


def test_older_records_are_read_where_there_is_no_xmp():
    exif = Image.Exif()
    exif[0x013B], exif[0x8298] = "Ada Byron", "2026 Ada Byron"
    assert open_picture(encoded(corners(), "JPEG", exif=exif)).rights == Rights(
        creator="Ada Byron", copyright="2026 Ada Byron"
    )
    both = encoded(corners(), "JPEG", exif=exif, xmp=Rights(creator="Bea").packet())
    assert open_picture(both).rights == Rights(creator="Bea", copyright="2026 Ada Byron")


def test_several_creators_and_attributes_are_read():
    packet = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:ps="http://ns.adobe.com/photoshop/1.0/"
        xmlns:cc="http://creativecommons.org/ns#" ps:Credit="Harbour Times">
        <dc:creator><rdf:Seq><rdf:li>Ada</rdf:li><rdf:li>Bea</rdf:li></rdf:Seq></dc:creator>
        <dc:rights><rdf:Alt><rdf:li xml:lang="de">Alles</rdf:li>
        <rdf:li xml:lang="x-default">All</rdf:li></rdf:Alt></dc:rights>
        <cc:license rdf:resource="https://creativecommons.org/publicdomain/zero/1.0/"/>
      </rdf:Description></rdf:RDF></x:xmpmeta>"""
    assert open_picture(encoded(corners(), "JPEG", xmp=packet)).rights == Rights(
        creator="Ada, Bea",
        credit="Harbour Times",
        copyright="All",
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
    )


@pytest.mark.parametrize(
    "packet",
    [
        b"not xml",
        b"<a>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="nowhere"?><a/>',
        b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a>" * 50 + b"</a>" * 50,
        b"<a>" + b"x" * MAX_PACKET + b"</a>",
    ],
)
def test_a_hostile_packet_says_nothing_and_costs_no_picture(packet):
    with pytest.raises(BadPacket):
        read_packet(packet)
    if len(packet) < 60_000:
        assert open_picture(encoded(corners(), "WEBP", xmp=packet)).rights == Rights()


def test_addresses_that_are_none_and_what_nobody_sees_are_left_out():
    said = {"xmpRights:WebStatement": "javascript:alert(1)", "photoshop:Credit": " A\u202e \n B "}
    assert open_picture(encoded(corners(), "JPEG", xmp=write_packet(said))).rights == Rights(credit="A B")
