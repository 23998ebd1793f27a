"""Lists a root file system, one line a path, in the form of ViewListing.java."""
import hashlib, os, stat, sys

root = os.fsencode(sys.argv[1])
names, first = {}, {}
for directory, directories, files in os.walk(root):
    for name in directories + files:
        path = os.path.join(directory, name)
        if not os.path.lexists(path):
            continue  # Linux lists a whiteout in a directory that only one layer has, which hides nothing.
        names[os.path.relpath(path, root)] = path
key = lambda path: path.split(b"/")
for path in sorted(names, key=key):
    status = os.lstat(names[path])
    if not stat.S_ISDIR(status.st_mode):
        first.setdefault((status.st_dev, status.st_ino), path)
lines = []
for path, real in names.items():
    status = os.lstat(real)
    mode = status.st_mode
    kind = next(k for k, is_kind in (("d", stat.S_ISDIR), ("f", stat.S_ISREG), ("l", stat.S_ISLNK),
                                     ("c", stat.S_ISCHR), ("b", stat.S_ISBLK), ("p", stat.S_ISFIFO)) if is_kind(mode))
    payload = "-"
    if kind == "f":
        with open(real, "rb") as file:
            payload = "%d:%s" % (status.st_size, hashlib.sha256(file.read()).hexdigest())
    elif kind == "l":
        payload = os.readlink(real).hex()
    elif kind in "cb":
        payload = "%d:%d" % (os.major(status.st_rdev), os.minor(status.st_rdev))
    xattrs = sorted((os.fsencode(name), os.getxattr(real, name, follow_symlinks=False))
                    for name in os.listxattr(real, follow_symlinks=False)
                    if not name.startswith("trusted.overlay."))
    seconds, nanos = divmod(status.st_mtime_ns, 1000000000)
    lines.append("%s %s %o %d %d %d.%d %s [%s] %s" % (
        path.hex(), kind, stat.S_IMODE(mode), status.st_uid, status.st_gid, seconds, nanos, payload,
        " ".join(n.hex() + "=" + v.hex() for n, v in xattrs),
        (path if kind == "d" else first[(status.st_dev, status.st_ino)]).hex()))
print("\n".join(sorted(lines)))
