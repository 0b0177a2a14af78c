"""Packs a root file system into a reproducible image archive.

The archive is an OCI image layout with the manifest.json of `docker save`, so
`ctr images import`, `docker load`, `podman load` and skopeo can read it.
"""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from pathlib import Path

_OCI = "application/vnd.oci.image"
_BLOCK = 1 << 20


def write_archive(root: Path, config: dict, name: str, seconds: int,
                  target: Path) -> str:
    """Writes the archive `target`; returns the digest of the manifest.

    `config` is the configuration of the image without `rootfs`. All files belong
    to root and have the modification time `seconds`.
    """
    work = target.with_name(target.name + ".blobs")
    work.mkdir()
    try:
        digest = _write(root, config, name, seconds, target, work)
    finally:
        shutil.rmtree(work)
    return digest


def _write(root, config, name, seconds, target, work) -> str:
    plain, packed = work / "layer.tar", work / "layer.tar.gz"
    write_layer(root, plain, seconds)
    # The gzip header has neither name nor time.
    with (open(plain, "rb") as source, open(packed, "wb") as file,
          gzip.GzipFile("", "wb", 6, file, 0) as target_file):
        shutil.copyfileobj(source, target_file, _BLOCK)
    layer, layer_size = sha256_of(packed), packed.stat().st_size
    config_blob = _json(config | {"rootfs": {
        "type": "layers", "diff_ids": ["sha256:" + sha256_of(plain)]}})
    config_digest = hashlib.sha256(config_blob).hexdigest()
    manifest = _json({
        "schemaVersion": 2, "mediaType": f"{_OCI}.manifest.v1+json",
        "config": _describe("config.v1+json", config_digest,
                            len(config_blob)),
        "layers": [_describe("layer.v1.tar+gzip", layer, layer_size)]})
    digest = hashlib.sha256(manifest).hexdigest()
    index = _json({
        "schemaVersion": 2, "mediaType": f"{_OCI}.index.v1+json",
        "manifests": [_describe("manifest.v1+json", digest, len(manifest)) | {
            "annotations": {
                "io.containerd.image.name": name,
                "org.opencontainers.image.ref.name": name.rpartition(":")[2],
            }}]})
    docker = _json([{"Config": _blob(config_digest), "RepoTags": [name],
                     "Layers": [_blob(layer)]}])
    texts = {"oci-layout": _json({"imageLayoutVersion": "1.0.0"}),
             "index.json": index, "manifest.json": docker,
             _blob(config_digest): config_blob, _blob(digest): manifest}
    with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as archive:
        for entry_name, content in sorted(texts.items()):
            archive.addfile(_entry(entry_name, len(content), seconds),
                            io.BytesIO(content))
        with open(packed, "rb") as file:
            archive.addfile(_entry(_blob(layer), layer_size, seconds), file)
    return "sha256:" + digest


def write_layer(root: Path, target: Path, seconds: int) -> None:
    """Writes the files below `root` as a tar, sorted."""
    def as_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mtime = seconds
        return entry

    with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as layer:
        for path in sorted(root.rglob("*")):
            layer.add(path, str(path.relative_to(root)), recursive=False,
                      filter=as_root)


def extract_root(archive: Path, root: Path) -> dict:
    """Unpacks the layer of an archive from this module; returns its configuration."""
    with tarfile.open(archive) as opened:
        described = json.load(opened.extractfile("manifest.json"))[0]
        with tarfile.open(fileobj=opened.extractfile(described["Layers"][0]),
                          mode="r:gz") as layer:
            layer.extractall(root)
        return json.load(opened.extractfile(described["Config"]))


def sha256_of(file: Path) -> str:
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def size_of(root: Path) -> int:
    """Total size of all files in bytes."""
    return sum(path.lstat().st_size for path in root.rglob("*")
               if path.is_file() and not path.is_symlink())


def _describe(kind: str, digest: str, size: int) -> dict:
    return {"mediaType": f"{_OCI}.{kind}", "digest": f"sha256:{digest}",
            "size": size}


def _blob(digest: str) -> str:
    return "blobs/sha256/" + digest


def _json(value) -> bytes:
    return json.dumps(value, sort_keys=True,
                      separators=(",", ":")).encode()


def _entry(name: str, size: int, seconds: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = size, seconds, 0o644
    return entry
