package io.outcrop.proxy.cli;

import io.outcrop.proxy.media.EdgeContent;
import io.outcrop.proxy.media.Watch;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** A verb that carries images between an edge and a layout. */
abstract class MediaCommand extends AdminCommand {

  /** Made by picocli, which sets the options. */
  MediaCommand() {}

  /** Carries. */
  abstract void carry(AdminClient client, EdgeContent edge, Watch watch, PrintStream out)
      throws IOException, CommandException;

  @Override
  final void run(AdminClient client, PrintStream out) throws CommandException {
    try (ProgressLine progress = ProgressLine.onStandardError()) {
      carry(client, new AdminEdge(client), progress, out);
    } catch (EdgeFailure e) {
      throw e.end();
    } catch (IOException e) {
      throw new CommandException(Main.FAILED, explained(e));
    }
  }

  /** A number of images, in words. */
  static String images(int count) {
    return count == 1 ? "1 image" : count + " images";
  }

  private static String explained(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file or folder";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileSystemException known -> known.getFile() + ": " + known.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
