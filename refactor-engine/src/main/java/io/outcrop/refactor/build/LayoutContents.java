package io.outcrop.refactor.build;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.layout.LayoutBlobWriter;
import io.outcrop.storage.layout.OciLayout;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** The blobs of an OCI image layout in a folder, to read from and to write to. */
public final class LayoutContents implements ContentSink {

  private static final int BUFFER_BYTES = 1 << 17;

  private final OciLayout layout;

  /**
   * @param layout closed by the caller
   */
  public LayoutContents(OciLayout layout) {
    this.layout = layout;
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    return layout.open(digest);
  }

  @Override
  public boolean has(Digest digest) throws IOException {
    return layout.size(digest).isPresent();
  }

  @Override
  public Pending begin() throws IOException {
    return new PendingBlob(layout.write());
  }

  /** A blob on its way into the layout. */
  private static final class PendingBlob implements Pending {
    private final LayoutBlobWriter writer;
    private final OutputStream output;

    PendingBlob(LayoutBlobWriter writer) {
      this.writer = writer;
      this.output =
          new BufferedOutputStream(
              new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                  writer.write(ByteBuffer.wrap(new byte[] {(byte) b}));
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                  writer.write(ByteBuffer.wrap(bytes, offset, length));
                }
              },
              BUFFER_BYTES);
    }

    @Override
    public OutputStream output() {
      return output;
    }

    @Override
    public void commit(Digest digest, long length, MediaType mediaType) throws IOException {
      output.flush();
      Digest written = writer.commit();
      if (!written.equals(digest)) {
        throw new IOException("wrote " + written + " (expected: " + digest + ")");
      }
    }

    @Override
    public void close() throws IOException {
      writer.close();
    }
  }
}
