// Lists archives as Go reads them, one line an entry, in the form of TarListing.java.
package main

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
)

const maxFileBytes = 1 << 26

func list(path string, out io.Writer) error {
	in, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	defer in.Close()
	reader := tar.NewReader(bufio.NewReader(in))
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		hash := sha256.New()
		size, err := io.Copy(hash, io.LimitReader(reader, maxFileBytes+1))
		if err != nil {
			return err
		}
		if size > maxFileBytes {
			return errors.New("too large")
		}
		flag := header.Typeflag
		if flag == tar.TypeGNUSparse {
			flag = tar.TypeReg
		}
		var xattrs []string
		for key, value := range header.PAXRecords {
			if strings.HasPrefix(key, "SCHILY.xattr.") {
				name := strings.TrimPrefix(key, "SCHILY.xattr.")
				xattrs = append(xattrs, hex.EncodeToString([]byte(name))+"="+hex.EncodeToString([]byte(value)))
			}
		}
		sort.Strings(xattrs)
		fmt.Fprintf(out, "%d %x %x %d %d %d %d %d.%d %d:%d [%s] %x\n", flag, header.Name, header.Linkname,
			header.Mode, header.Uid, header.Gid, size, header.ModTime.Unix(), header.ModTime.Nanosecond(),
			header.Devmajor, header.Devminor, strings.Join(xattrs, " "), hash.Sum(nil))
	}
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, path := range os.Args[1:] {
		if err := list(path, out); err != nil {
			fmt.Fprintln(out, "refused")
		} else {
			fmt.Fprintln(out, "end")
		}
	}
}
