package io.outcrop.refactor;

import io.outcrop.refactor.build.SourceImage;
import io.outcrop.refactor.build.SourceLayers;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.view.View;

/**
 * What is in an image: all that a planner needs, and whoever wants to know what a plan would save.
 *
 * @param image its documents
 * @param view its root file system, on which container engines agree
 * @param treeDigest the hash of that
 * @param contents reads its files
 */
public record Analysis(
    SourceImage image, View view, ContentHash treeDigest, SourceLayers contents) {}
