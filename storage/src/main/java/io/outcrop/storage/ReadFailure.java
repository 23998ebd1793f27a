package io.outcrop.storage;

import io.outcrop.storage.Damaged.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;

/** Tells failures of a file from failures of this process to read it. */
final class ReadFailure {

  // What the process or the system has run out of says nothing about the file.
  private static final List<String> SHORTAGES =
      List.of("Too many open files", "Cannot allocate memory", "Interrupted system call");

  // Of what goes wrong between a file and a connection, this is the side of the file.
  private static final List<String> OF_FILES =
      List.of(
          "Input/output error",
          "Structure needs cleaning",
          "Bad message",
          "smaller then requested count", // Netty's words for a file that ends too early.
          "file ended before");

  private ReadFailure() {}

  /** Whether what broke off a transfer from a file to a connection was the file. */
  static boolean isOfFile(Throwable e) {
    String message = String.valueOf(e.getMessage());
    return OF_FILES.stream().anyMatch(message::contains);
  }

  /** The damage that a failed read is due to; empty if the file may well be sound. */
  static Optional<Kind> damage(IOException e) {
    if (e instanceof NoSuchFileException) {
      return Optional.of(Kind.MISSING);
    }
    String message = String.valueOf(e.getMessage());
    boolean ours =
        e instanceof ClosedChannelException
            || e instanceof InterruptedIOException
            || SHORTAGES.stream().anyMatch(message::contains);
    return ours ? Optional.empty() : Optional.of(Kind.UNREADABLE);
  }
}
