"""Rules of SPDX 2.3 that a document could violate."""

import re

_ID = re.compile(r"SPDXRef-[A-Za-z0-9.-]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_PURL = re.compile(r"pkg:[a-z]+/[^@\s]+@[^?\s]+(\?[^\s]+)?")
_LICENCE = re.compile(r"NOASSERTION|[A-Za-z0-9.-]+( (AND|OR) [A-Za-z0-9.-]+)*")
_DIGITS = {"SHA1": 40, "SHA256": 64}
_DOCUMENT = ("spdxVersion", "dataLicense", "SPDXID", "name",
             "documentNamespace", "creationInfo")
_PACKAGE = ("SPDXID", "name", "downloadLocation")
_FILE = ("SPDXID", "fileName", "checksums")
_RELATIONSHIPS = {"DESCRIBES", "CONTAINS", "DYNAMIC_LINK", "STATIC_LINK",
                  "DEPENDS_ON"}


def broken_rules(document):
    """One sentence for each violation."""
    packages, files = document["packages"], document["files"]
    found = [f"{one.get('SPDXID', '?')} lacks {field}"
             for many, fields in (([document], _DOCUMENT),
                                  (packages, _PACKAGE), (files, _FILE))
             for one in many for field in fields if not one.get(field)]
    return (found or _of_document(document)
            + [sentence for one in packages for sentence in _of_package(one)]
            + [sentence for one in files for sentence in _of_file(one)]
            + _of_relationships(document))


def _of_document(document):
    info = document["creationInfo"]
    facts = {
        "the version is SPDX-2.3": document["spdxVersion"] == "SPDX-2.3",
        "the data's licence is CC0-1.0": document["dataLicense"] == "CC0-1.0",
        "the namespace is a URI without a fragment": re.fullmatch(
            r"[a-z]+:[^\s#]+", document["documentNamespace"]),
        "the time of creation has its form": _DATE.fullmatch(info["created"]),
        "creators are tools, organizations or persons": info["creators"]
        and all(re.match(r"(Tool|Organization|Person): \S", one)
                for one in info["creators"])}
    return _wrong("SPDXRef-DOCUMENT", facts)


def _of_package(package):
    analyzed = package.get("filesAnalyzed", True)
    facts = {
        "licences are SPDX's": all(
            _LICENCE.fullmatch(package[name])
            for name in ("licenseConcluded", "licenseDeclared")),
        "there is a code of its files if they were analyzed":
            analyzed == ("packageVerificationCode" in package),
        "purls have their form": all(
            _PURL.fullmatch(one["referenceLocator"])
            for one in package["externalRefs"])}
    return _wrong(package["SPDXID"], facts)


def _of_file(file):
    sums = {one["algorithm"]: one["checksumValue"]
            for one in file["checksums"]}
    facts = {
        "the name is relative": file["fileName"].startswith("./"),
        "there is a SHA1 sum": "SHA1" in sums,
        "sums have their form": all(
            re.fullmatch(rf"[0-9a-f]{{{_DIGITS[name]}}}", value)
            for name, value in sums.items())}
    return _wrong(file["SPDXID"], facts)


def _of_relationships(document):
    ids = [one["SPDXID"] for one in (document, *document["packages"],
                                     *document["files"])]
    found = [f"{one} is there twice" for one in set(ids)
             if ids.count(one) > 1]
    found += [f"{one} is no identifier" for one in ids
              if not _ID.fullmatch(one)]
    relationships = document["relationships"]
    for one in relationships:
        for end in (one["spdxElementId"], one["relatedSpdxElement"]):
            if end not in ids:
                found.append(f"{end} is related, but not there")
        if one["relationshipType"] not in _RELATIONSHIPS:
            found.append(f"{one['relationshipType']} is no relationship")
    contained = {one["relatedSpdxElement"] for one in relationships}
    found += [f"nothing relates to {one}" for one in ids
              if one not in contained and one != document["SPDXID"]]
    if "DESCRIBES" not in {one["relationshipType"] for one in relationships}:
        found.append("the document describes nothing")
    return found


def _wrong(name, facts):
    return [f"{name}: not so: {fact}" for fact, holds in facts.items()
            if not holds]
