package io.outcrop.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.build.ContentSink;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Blobs in memory, with a record of what was asked for. */
public final class MemoryContents implements ContentSink {

  public final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();
  public final List<Digest> committed = java.util.Collections.synchronizedList(new ArrayList<>());
  public final List<Digest> opened = java.util.Collections.synchronizedList(new ArrayList<>());

  public Digest add(byte[] blob) {
    Digest digest = Digest.sha256(blob);
    blobs.put(digest, blob);
    return digest;
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    opened.add(digest);
    byte[] blob = blobs.get(digest);
    if (blob == null) {
      throw new NoSuchFileException(digest.toString());
    }
    return new ByteArrayInputStream(blob);
  }

  @Override
  public boolean has(Digest digest) {
    return blobs.containsKey(digest);
  }

  @Override
  public Pending begin() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    return new Pending() {
      @Override
      public OutputStream output() {
        return out;
      }

      @Override
      public void commit(Digest digest, long length, MediaType mediaType) throws IOException {
        if (out.size() != length || !Digest.sha256(out.toByteArray()).equals(digest)) {
          throw new IOException("not what was promised");
        }
        committed.add(digest);
        blobs.put(digest, out.toByteArray());
      }

      @Override
      public void close() {}
    };
  }
}
