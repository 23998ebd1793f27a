package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.plan.epoch.SharingClass.Kind;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Which layers lie at each node of a tree of images. The stack of an image is what lies at the
 * nodes from the root to its leaf, with its private layer on top. A class lies at the highest nodes
 * whose images all hold it: there it is a layer alone, the same one wherever it is alone, or part
 * of the node's joint layer. The joint layer of a leaf is the private one. Volatile files are alone
 * or private, as one of them that changes would take a whole joint layer with it; files of a base
 * are alone, as long as there are not too many layers.
 *
 * <p>So stored are the bytes of a class once for all nodes where it lies alone, and once more for
 * each joint layer it is part of. Not thread-safe.
 */
final class Strata {

  /** A base that is of no use to later images counts as a part of it stored once more. */
  private static final int BASE_RISK = 64;

  private final ImageTree tree;
  private final long[] bytes;
  private final BitSet[] alone;
  private final BitSet[] joint;
  private final long[] jointBytes;
  // By class, at how many nodes it lies alone.
  private final int[] uses;
  // By image, without the private layer.
  private final int[] layers;
  private final BitSet[] below;
  // By class, what lies where it lies: itself, and the one united with it.
  private final BitSet[] members;
  private final int[] preorder;

  /** Every class alone, if two nodes share it and it is of some size. */
  Strata(ImageTree tree, long threshold) {
    this.tree = tree;
    this.bytes = tree.classes().stream().mapToLong(SharingClass::bytes).toArray();
    this.alone = new BitSet[tree.nodes()];
    this.joint = new BitSet[tree.nodes()];
    this.jointBytes = new long[tree.nodes()];
    this.uses = new int[bytes.length];
    this.layers = new int[tree.images()];
    this.below = new BitSet[tree.nodes()];
    this.members = new BitSet[bytes.length];
    this.preorder = preorder(tree);
    Arrays.setAll(joint, _ -> new BitSet());
    for (int at = preorder.length - 1; at >= 0; at--) {
      below[preorder[at]] = imagesBelow(preorder[at]);
    }
    placeAlone();
    uniteParts();
    joinSmall(threshold);
    for (int node : preorder) {
      if (hasJointLayer(node) && jointBytes[node] < threshold) {
        sinkJoint(node);
      }
    }
  }

  private static int[] preorder(ImageTree tree) {
    int[] order = new int[tree.nodes()];
    int[] open = new int[tree.nodes()];
    int count = 0;
    int top = 0;
    open[top++] = tree.root();
    while (top > 0) {
      int node = open[--top];
      order[count++] = node;
      if (!tree.isLeaf(node)) {
        open[top++] = tree.right(node);
        open[top++] = tree.left(node);
      }
    }
    return order;
  }

  private BitSet imagesBelow(int node) {
    BitSet images = new BitSet(tree.images());
    if (tree.isLeaf(node)) {
      images.set(node);
    } else {
      images.or(below[tree.left(node)]);
      images.or(below[tree.right(node)]);
    }
    return images;
  }

  private void placeAlone() {
    for (int node = 0; node < tree.nodes(); node++) {
      alone[node] = (BitSet) tree.common(node).clone();
      if (node != tree.root()) {
        alone[node].andNot(tree.common(tree.parent(node)));
      }
      alone[node].stream().forEach(number -> uses[number]++);
      count(node, alone[node].cardinality());
    }
  }

  /**
   * Makes one of the base part and the added part of what the same images hold, where it lies at
   * several nodes: each of these would have one more layer.
   */
  private void uniteParts() {
    for (int number = 0; number < members.length; number++) {
      members[number] = new BitSet();
      members[number].set(number);
    }
    for (int number = 1; number < members.length; number++) {
      SharingClass base = tree.classes().get(number - 1);
      SharingClass added = tree.classes().get(number);
      if (base.kind() == Kind.BASE
          && added.kind() == Kind.ADDED
          && base.images().equals(added.images())
          && uses[number] > 1) {
        members[number - 1].set(number);
        bytes[number - 1] += bytes[number];
        for (int node = 0; node < tree.nodes(); node++) {
          if (alone[node].get(number)) {
            leaveAlone(node, number);
          }
        }
      }
    }
  }

  private void joinSmall(long threshold) {
    int[] atFirst = uses.clone();
    for (int node = 0; node < tree.nodes(); node++) {
      for (int number : alone[node].stream().toArray()) {
        if (isVolatile(number)) {
          if (bytes[number] < threshold) {
            makePrivate(node, number);
          }
        } else if ((atFirst[number] == 1 && !isBase(number)) || bytes[number] < threshold) {
          join(node, number);
        }
      }
    }
  }

  private void count(int node, int more) {
    below[node].stream().forEach(image -> layers[image] += more);
  }

  ImageTree tree() {
    return tree;
  }

  /** The nodes, each before those below it. */
  int[] preorder() {
    return preorder.clone();
  }

  /** The images below a node; not to be changed. */
  BitSet below(int node) {
    return below[node];
  }

  /** What lies alone at a node, each a layer; not to be changed. */
  BitSet alone(int node) {
    return alone[node];
  }

  /** What lies together at a node, one layer; not to be changed. */
  BitSet joint(int node) {
    return joint[node];
  }

  /** Whether there is a joint layer at a node other than a leaf. */
  boolean hasJointLayer(int node) {
    return !tree.isLeaf(node) && !joint[node].isEmpty();
  }

  /** Whether a class more in a node's joint layer makes no layer more. */
  boolean joinsFreely(int node) {
    return tree.isLeaf(node) || hasJointLayer(node);
  }

  /** How many layers an image has, with the private one. */
  int layers(int image) {
    return layers[image] + 1;
  }

  /** Whether a class is of volatile files, which join nothing but the private layer. */
  boolean isVolatile(int number) {
    return tree.classes().get(number).kind() == Kind.VOLATILE;
  }

  /** Whether a class is of nothing but base files. */
  private boolean isBase(int number) {
    return tree.classes().get(number).kind() == Kind.BASE && members[number].cardinality() == 1;
  }

  /** The classes that lie where one lies: itself, and what is united with it. */
  BitSet members(int number) {
    return members[number];
  }

  /** The bytes of a class, and of what is united with it. */
  long bytes(int number) {
    return bytes[number];
  }

  /** The bytes of a node's joint layer. */
  long jointBytes(int node) {
    return jointBytes[node];
  }

  /**
   * How many more bytes are stored if a class that lies alone at a node joins what is there. A base
   * that joins what was put upon it is not stored again by these images, but by later ones upon
   * that base, which hold it and not the rest.
   */
  long costOfJoining(int number) {
    if (uses[number] > 1) {
      return bytes[number];
    }
    return isBase(number) ? bytes[number] / BASE_RISK : 0;
  }

  /** How many more bytes are stored and unpacked if a class at a node becomes private. */
  long costOfPrivacy(int node, int number) {
    long more = (below[node].cardinality() - 1) * bytes[number];
    return 2 * more + costOfJoining(number);
  }

  /** Makes a class that lies alone at a node part of its joint layer. */
  void join(int node, int number) {
    leaveAlone(node, number);
    addJoint(node, number);
  }

  /** Makes a class that lies alone at a node part of the private layers of all images below. */
  void makePrivate(int node, int number) {
    leaveAlone(node, number);
    below[node].stream().forEach(image -> addJoint(image, number));
  }

  /** Makes a class that lies alone at a node part of the joint layers right below. */
  void sinkAlone(int node, int number) {
    leaveAlone(node, number);
    addJoint(tree.left(node), number);
    addJoint(tree.right(node), number);
  }

  /** Makes a node's joint layer part of those right below. */
  void sinkJoint(int node) {
    int[] numbers = joint[node].stream().toArray();
    joint[node].clear();
    jointBytes[node] = 0;
    count(node, -1);
    for (int number : numbers) {
      addJoint(tree.left(node), number);
      addJoint(tree.right(node), number);
    }
  }

  private void leaveAlone(int node, int number) {
    alone[node].clear(number);
    uses[number]--;
    count(node, -1);
  }

  private void addJoint(int node, int number) {
    if (!joinsFreely(node)) {
      count(node, 1);
    }
    joint[node].set(number);
    jointBytes[node] += bytes[number];
  }
}
