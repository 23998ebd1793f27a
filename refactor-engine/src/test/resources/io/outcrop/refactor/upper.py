"""Unpacks a layer into an empty directory for an overlay mount, as container engines do; needs root."""
import os, shutil, sys, tarfile

encode = lambda text: text.encode("utf-8", "surrogateescape")
root, directories = encode(sys.argv[2]), []
with tarfile.open(sys.argv[1], encoding="utf-8", errors="surrogateescape") as archive:
    for entry in archive:
        path = os.path.join(root, encode(entry.name))
        parent, name = os.path.split(path)
        os.makedirs(parent, 0o755, exist_ok=True)
        if name == b".wh..wh..opq":
            os.setxattr(parent, "trusted.overlay.opaque", b"y")
            continue
        if name.startswith(b".wh."):
            if not os.path.lexists(os.path.join(parent, name[4:])):  # It may be there twice.
                os.mknod(os.path.join(parent, name[4:]), 0o20000, os.makedev(0, 0))
            continue
        if os.path.lexists(path) and not (entry.isdir() and os.path.isdir(path) and not os.path.islink(path)):
            shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.remove(path)
        if entry.isdir():
            os.makedirs(path, exist_ok=True)
            directories.append((path, entry))
        elif entry.isreg():
            with open(path, "wb") as file:
                shutil.copyfileobj(archive.extractfile(entry), file)
        elif entry.issym():
            os.symlink(encode(entry.linkname), path)
        elif entry.islnk():
            os.link(os.path.join(root, encode(entry.linkname)), path)
        elif entry.isfifo():
            os.mkfifo(path)
        else:
            os.mknod(path, (0o20000 if entry.ischr() else 0o60000), os.makedev(entry.devmajor, entry.devminor))
        os.lchown(path, entry.uid, entry.gid)
        for key, value in entry.pax_headers.items():
            if key.startswith("SCHILY.xattr."):
                os.setxattr(path, key[13:], encode(value), follow_symlinks=False)
        if not entry.issym():
            os.chmod(path, entry.mode)
        seconds = entry.pax_headers.get("mtime", str(int(entry.mtime)))
        whole, _, fraction = seconds.lstrip("-").partition(".")
        nanos = int(whole) * 10**9 + int(fraction[:9].ljust(9, "0"))
        os.utime(path, ns=(0, -nanos if seconds.startswith("-") else nanos), follow_symlinks=False)
for path, entry in directories:
    os.utime(path, ns=(0, int(entry.mtime) * 10**9))
