package io.outcrop.storage;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What may stand in a place that is ours: mostly a file, but an operator may have put a folder or a
 * link there. Links are not followed.
 */
final class FileTree {

  private static final Logger LOG = LoggerFactory.getLogger(FileTree.class);

  private FileTree() {}

  /** Bytes of a file, or of all files under a folder. */
  static long size(Path root) throws IOException {
    long[] sum = new long[1];
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            sum[0] += attributes.size();
            return FileVisitResult.CONTINUE;
          }
        });
    return sum[0];
  }

  static long sizeOrZero(Path root) {
    try {
      return size(root);
    } catch (IOException e) {
      LOG.warn("{}: its size cannot be told: {}", root, e.toString());
      return 0;
    }
  }

  /** Deletes a file or a folder with all in it; no matter if it is not there. */
  static void delete(Path root) throws IOException {
    try {
      Files.deleteIfExists(root);
    } catch (DirectoryNotEmptyException e) {
      deleteFolder(root);
    }
  }

  private static void deleteFolder(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Whether it is gone. */
  static boolean deleteOrLog(Path root) {
    try {
      delete(root);
      return true;
    } catch (IOException e) {
      LOG.error("{}: cannot be deleted: {}", root, e.toString());
      return false;
    }
  }
}
