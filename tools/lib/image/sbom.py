"""The SPDX 2.3 document of an image: its files and their packages.

All data is read from the root file system of the image, so it does not matter how
the image was built.
"""

import hashlib
import re
import uuid
from pathlib import Path
from urllib.parse import quote

from . import collect, debian, licences
from .licences import NO_ASSERTION
from .stamp import Stamp

_DOCUMENT = "SPDXRef-DOCUMENT"
_IMAGE = "SPDXRef-Image"
_OPERATOR = "SPDXRef-Operator"
_LICENCE = "Apache-2.0"


def document(root: Path, stamp: Stamp, name: str, digest: str) -> dict:
    """`name` and `digest` are those of the image in a registry."""
    installed = [_InstalledPackage(file, root) for file in sorted(
        (root / collect.RECORDS).glob("*.md5sums"))]
    owners = {path: one.id for one in installed for path in one.files}
    files = [_file(path, root) for path in sorted(root.rglob("*"))
             if path.is_file() and not path.is_symlink()]
    owned = {}  # id of a package -> its files
    for file in files:
        owner = owners.get(file["fileName"].removeprefix("./"), _OPERATOR)
        owned.setdefault(owner, []).append(file)
    packages = [_image(stamp, name, digest), _operator(stamp)]
    packages += [one.package() for one in installed]
    for package in packages:
        _add_verification(package, owned.get(package["SPDXID"], []))
    compiled_in = _compiled_in(root)
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0",
        "SPDXID": _DOCUMENT, "name": f"{collect.PROGRAM}-{stamp.version}",
        "documentNamespace": uuid.uuid5(uuid.NAMESPACE_OID, digest).urn,
        "creationInfo": {
            "created": stamp.created,
            "creators": [f"Tool: {collect.PROGRAM}-tools-image"
                         f"-{stamp.version}"]},
        "packages": packages + compiled_in, "files": files,
        "relationships": _relationships(installed, owned, compiled_in),
    }


class _InstalledPackage:
    """A Debian package with files in the image."""

    def __init__(self, checksums: Path, root: Path):
        self.name = checksums.stem
        self.id = "SPDXRef-Debian-" + _id(self.name)
        self.files = [line.split("  ", 1)[1]
                      for line in checksums.read_text().splitlines()]
        self._fields = debian.parse_control(
            checksums.with_suffix("").read_text())
        self._licence = licences.declared(
            (root / f"usr/share/doc/{self.name}/copyright").read_text())

    def package(self) -> dict:
        return _debian_package(self.id, self._fields, self._licence)


def _compiled_in(root: Path) -> list[dict]:
    paragraphs = (root / collect.BUILT_WITH).read_text().split("\n\n")
    every = [debian.parse_control(text) for text in paragraphs]
    return [_debian_package("SPDXRef-Debian-" + _id(fields["Package"]),
                            fields, collect.COMPILED_IN[fields["Package"]])
            | {"filesAnalyzed": False} for fields in every]


def _debian_package(spdx_id: str, fields: dict, licence: str) -> dict:
    name, version = fields["Package"], fields["Version"]
    source = fields.get("Source", name).partition(" ")[0]
    return {
        "SPDXID": spdx_id, "name": name, "versionInfo": version,
        "supplier": "Organization: Debian",
        "downloadLocation": NO_ASSERTION,
        "sourceInfo": f"built by Debian from its source package {source}",
        "licenseConcluded": NO_ASSERTION, "licenseDeclared": licence,
        "copyrightText": NO_ASSERTION, "primaryPackagePurpose": "LIBRARY",
        "externalRefs": [_purl(
            f"pkg:deb/debian/{quote(name)}@{quote(version, safe='')}"
            f"?arch={fields['Architecture']}&distro=debian-12")],
    }


def _operator(stamp: Stamp) -> dict:
    return {
        "SPDXID": _OPERATOR, "name": collect.PROGRAM,
        "versionInfo": stamp.version, "downloadLocation": NO_ASSERTION,
        "sourceInfo": f"commit {stamp.commit}",
        "licenseConcluded": _LICENCE, "licenseDeclared": _LICENCE,
        "copyrightText": NO_ASSERTION,
        "primaryPackagePurpose": "APPLICATION",
        "externalRefs": [_purl(
            f"pkg:generic/{collect.PROGRAM}@{stamp.version}")],
    }


def _image(stamp: Stamp, name: str, digest: str) -> dict:
    path = name.rpartition(":")[0]
    return {
        "SPDXID": _IMAGE, "name": name, "versionInfo": stamp.version,
        "downloadLocation": NO_ASSERTION, "filesAnalyzed": False,
        "licenseConcluded": NO_ASSERTION, "licenseDeclared": NO_ASSERTION,
        "copyrightText": NO_ASSERTION, "primaryPackagePurpose": "CONTAINER",
        "checksums": [{"algorithm": "SHA256",
                       "checksumValue": digest.removeprefix("sha256:")}],
        "externalRefs": [_purl(
            f"pkg:oci/{path.rpartition('/')[2]}@{quote(digest, safe='')}"
            f"?repository_url={quote(path, safe='/')}&tag={stamp.version}")],
    }


def _relationships(installed: list, owned: dict, compiled_in: list) -> list:
    def relate(one, kind, other):
        return {"spdxElementId": one, "relationshipType": kind,
                "relatedSpdxElement": other}

    found = [relate(_DOCUMENT, "DESCRIBES", _IMAGE),
             relate(_IMAGE, "CONTAINS", _OPERATOR)]
    for one in installed:
        found.append(relate(_IMAGE, "CONTAINS", one.id))
        is_library = any(".so" in file for file in one.files)
        found.append(relate(_OPERATOR, "DYNAMIC_LINK" if is_library
                            else "DEPENDS_ON", one.id))
    found += [relate(_OPERATOR, "STATIC_LINK", package["SPDXID"])
              for package in compiled_in]
    found += [relate(owner, "CONTAINS", file["SPDXID"])
              for owner, files in owned.items() for file in files]
    return found


def _file(path: Path, root: Path) -> dict:
    name = str(path.relative_to(root))
    content = path.read_bytes()
    return {
        "SPDXID": "SPDXRef-File-" + _id(name), "fileName": "./" + name,
        "checksums": [
            {"algorithm": "SHA1", "checksumValue": _sha1(content)},
            {"algorithm": "SHA256",
             "checksumValue": hashlib.sha256(content).hexdigest()}],
        "licenseConcluded": NO_ASSERTION,
        "licenseInfoInFiles": [NO_ASSERTION],
        "copyrightText": NO_ASSERTION,
    }


def _add_verification(package: dict, files: list[dict]) -> None:
    """The package verification code of SPDX 2.3, section 7.9."""
    if files:
        sums = sorted(file["checksums"][0]["checksumValue"] for file in files)
        package["filesAnalyzed"] = True
        package["packageVerificationCode"] = {
            "packageVerificationCodeValue": _sha1("".join(sums).encode())}
        package["licenseInfoFromFiles"] = [NO_ASSERTION]


def _purl(locator: str) -> dict:
    return {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": locator}


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _id(name: str) -> str:
    """An SPDX identifier. Other characters are replaced by their code, so that
    different names have different identifiers."""
    return re.sub(r"[^A-Za-z0-9.]", lambda match:
                  "-" if match[0] in "-/" else f"-x{ord(match[0]):02x}-", name)
