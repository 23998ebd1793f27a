package io.outcrop.proxy.cli;

import io.outcrop.refactor.plan.epoch.EpochDocument;
import io.outcrop.refactor.plan.epoch.EpochSignature;
import io.outcrop.refactor.plan.epoch.InvalidEpochException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.util.List;
import java.util.Optional;

/** A plan in a file, and its signature in a file beside it. Stateless. */
final class PlanFile {

  private static final long LARGEST = 1L << 30;

  private PlanFile() {}

  /** Where the signature of a plan is. */
  static Path signature(Path plan) {
    return plan.resolveSibling(plan.getFileName() + ".sig");
  }

  /** Writes a plan, and its signature if there is a key to sign with. */
  static void write(Path plan, EpochDocument epoch, Optional<Path> key)
      throws IOException, CommandException {
    Optional<byte[]> signed = Optional.empty();
    if (key.isPresent()) {
      signed = Optional.of(sign(epoch, key.get()));
    }
    replace(plan, epoch.toByteArray());
    if (signed.isPresent()) {
      replace(signature(plan), signed.get());
    } else {
      // It would be that of another plan.
      Files.deleteIfExists(signature(plan));
    }
  }

  private static byte[] sign(EpochDocument epoch, Path key) throws IOException, CommandException {
    KeyPair pair = PlanKeys.signing(key);
    try {
      return EpochSignature.sign(epoch, pair.getPrivate(), pair.getPublic()).toByteArray();
    } catch (InvalidKeyException e) {
      throw new CommandException(Main.BAD_CONFIGURATION, key + ": " + e.getMessage());
    }
  }

  /** Reads a plan; with a key, only one that was signed with it. */
  static EpochDocument read(Path plan, Optional<Path> key) throws IOException, CommandException {
    if (Files.size(plan) > LARGEST) {
      throw new CommandException(
          Main.FAILED, plan + ": " + Files.size(plan) + " bytes (expected: a plan)");
    }
    byte[] document = Files.readAllBytes(plan);
    try {
      if (key.isEmpty()) {
        return EpochDocument.parse(document);
      }
      return EpochSignature.parse(Files.readAllBytes(signature(plan)))
          .open(document, List.of(PlanKeys.trusted(key.get())));
    } catch (NoSuchFileException e) {
      throw new CommandException(
          Main.FAILED, plan + ": has no signature, as there is no file " + e.getFile());
    } catch (InvalidEpochException e) {
      throw new CommandException(Main.FAILED, plan + ": " + e.getMessage());
    }
  }

  /** Whole or not at all. */
  private static void replace(Path file, byte[] bytes) throws IOException {
    Path target = file.toAbsolutePath();
    Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
    try {
      Files.write(temporary, bytes);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
