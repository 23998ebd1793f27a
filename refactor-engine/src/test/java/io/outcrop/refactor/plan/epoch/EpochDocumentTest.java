package io.outcrop.refactor.plan.epoch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.outcrop.oci.Digest;
import io.outcrop.refactor.Seeds;
import io.outcrop.refactor.TestPlanners;
import io.outcrop.refactor.view.View;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class EpochDocumentTest {

  private static final int ROUNDS = Integer.getInteger("outcrop.test.rounds", 20_000);

  private static EpochDocument epoch(int round) throws IOException {
    Random random = Seeds.random(round);
    return EpochBuilder.build(
        new RandomCorpus(random, 6), new EpochOptions(1 + random.nextInt(1000), 24, 0));
  }

  @Test
  void aDocumentIsReadAsItWasWritten() throws IOException {
    for (int round = 0; round < 20; round++) {
      EpochDocument epoch = epoch(round);
      EpochDocument read = EpochDocument.parse(epoch.toByteArray());
      assertThat(read.options()).as(Seeds.describe(round)).isEqualTo(epoch.options());
      assertThat(read.images()).isEqualTo(epoch.images());
      assertThat(read.classes()).isEqualTo(epoch.classes());
      assertThat(read.bundles()).isEqualTo(epoch.bundles());
      assertThat(read.placements()).isEqualTo(epoch.placements());
      assertThat(read.digest()).isEqualTo(Digest.sha256(epoch.toByteArray()));
    }
  }

  @Test
  void keysTakeLittleMoreThanWhatTheyTell() throws IOException {
    Random random = Seeds.random(0);
    for (int count : new int[] {1, 2, 3, 1000, 1023, 1024, 50_000}) {
      long[] keys =
          random.longs(count * 2L).map(EntryKeys::key).distinct().limit(count).sorted().toArray();
      java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
      EntryKeysCodec.write(EntryKeys.ofAscending(keys), out);
      assertThat(EntryKeysCodec.read(new Numbers.Reader(out.toByteArray())))
          .isEqualTo(EntryKeys.ofAscending(keys));
      double bits = EntryKeys.BITS - Math.log(count) / Math.log(2) + 2.2;
      assertThat(out.size()).isLessThan((int) (count * bits / 8) + 10);
    }
    long[] edges = {0, 1, EntryKeys.HIGHEST - 1, EntryKeys.HIGHEST};
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    EntryKeysCodec.write(EntryKeys.ofAscending(edges), out);
    assertThat(EntryKeysCodec.read(new Numbers.Reader(out.toByteArray())))
        .isEqualTo(EntryKeys.ofAscending(edges));
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] bytes = epoch(0).toByteArray();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> EpochDocument.parse(cut))
          .isInstanceOf(InvalidEpochException.class)
          .hasMessageNotContaining("\n");
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThatThrownBy(() -> EpochDocument.parse(longer))
        .isInstanceOf(InvalidEpochException.class)
        .hasMessage("epoch has 1 bytes too many");
  }

  @Test
  void damagedDocumentsAreRefusedOrAreOthers() throws IOException {
    byte[] bytes = epoch(1).toByteArray();
    View view = new RandomCorpus(Seeds.random(1), 6).view(0);
    Set<String> reasons = new HashSet<>();
    int others = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = Seeds.random(round);
      byte[] damaged = bytes.clone();
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        int at = random.nextInt(random.nextBoolean() ? damaged.length : 60);
        damaged[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : damaged[at] ^ 0x80);
      }
      try {
        EpochDocument read = EpochDocument.parse(damaged);
        assertThat(read.toByteArray()).as(Seeds.describe(round)).isEqualTo(damaged);
        new LayerCount(new EpochPlanner(read, TestPlanners.allPrivate())).add(view, 100);
        others++;
      } catch (InvalidEpochException e) {
        assertThat(e.getMessage()).as(Seeds.describe(round)).isNotBlank().hasLineCount(1);
        reasons.add(e.getMessage().replaceAll("[0-9]+", "N"));
      } catch (RuntimeException | Error e) {
        fail(Seeds.describe(round), e);
      }
    }
    assertThat(reasons).hasSizeGreaterThan(10);
    assertThat(others).isPositive();
  }

  @Test
  void aDocumentThatPromisesMuchMakesNoRoomForIt() {
    byte[] promise = {'O', 'E', 'P', '1', 1, 24, 0, 0, 1, (byte) 0xff, (byte) 0xff, 0x7f};
    assertThatThrownBy(() -> EpochDocument.parse(promise))
        .isInstanceOf(InvalidEpochException.class)
        .hasMessage("epoch ends in a class of 2097151 keys");
    assertThatThrownBy(() -> EpochDocument.parse(new byte[EpochCodec.MOST_BYTES + 1]))
        .isInstanceOf(InvalidEpochException.class)
        .hasMessageContaining("expected: <= ");
  }

  private static KeyPair keys() throws GeneralSecurityException {
    return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  }

  @Test
  void aSignedDocumentIsOpenedByWhoTrustsTheKey() throws Exception {
    EpochDocument epoch = epoch(2);
    KeyPair keys = keys();
    byte[] envelope = EpochSignature.sign(epoch, keys.getPrivate(), keys.getPublic()).toByteArray();
    EpochSignature signature = EpochSignature.parse(envelope);
    assertThat(signature.keyId()).isEqualTo(EpochSignature.keyId(keys.getPublic()));
    assertThat(signature.epoch()).isEqualTo(epoch.digest());
    assertThat(
            signature
                .open(epoch.toByteArray(), List.of(keys().getPublic(), keys.getPublic()))
                .digest())
        .isEqualTo(epoch.digest());
    assertThatThrownBy(() -> signature.open(epoch.toByteArray(), List.of(keys().getPublic())))
        .isInstanceOf(InvalidEpochException.class)
        .hasMessageContaining("which is not trusted");
  }

  @Test
  void anyChangedByteOfTheDocumentBreaksTheSignature() throws Exception {
    EpochDocument epoch = epoch(3);
    KeyPair keys = keys();
    EpochSignature signature = EpochSignature.sign(epoch, keys.getPrivate(), keys.getPublic());
    for (int at = 0; at < epoch.length(); at++) {
      byte[] changed = epoch.toByteArray();
      changed[at] ^= 1;
      assertThatThrownBy(() -> signature.open(changed, List.of(keys.getPublic())))
          .isInstanceOf(InvalidEpochException.class)
          .hasMessageStartingWith("signature is of " + epoch.digest());
    }
  }

  @Test
  void aForgedEnvelopeIsRefused() throws Exception {
    EpochDocument epoch = epoch(4);
    KeyPair keys = keys();
    KeyPair others = keys();
    // Says it is by a trusted key, and is not.
    EpochSignature forged = EpochSignature.sign(epoch, others.getPrivate(), keys.getPublic());
    assertThatThrownBy(() -> forged.open(epoch.toByteArray(), List.of(keys.getPublic())))
        .isInstanceOf(InvalidEpochException.class)
        .hasMessage("signature of epoch " + epoch.digest() + " is wrong");
    byte[] envelope = forged.toByteArray();
    int refused = 0;
    for (int round = 0; round < 2000; round++) {
      Random random = Seeds.random(round);
      byte[] damaged = envelope.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      try {
        EpochSignature.parse(damaged).open(epoch.toByteArray(), List.of(keys.getPublic()));
        fail(Seeds.describe(round) + " was accepted");
      } catch (InvalidEpochException e) {
        refused++;
        assertThat(e.getMessage()).as(Seeds.describe(round)).isNotBlank().hasLineCount(1);
      }
    }
    assertThat(refused).isEqualTo(2000);
    for (String other : List.of("", "[]", "{}", "null", "{\"format\":1}", "[".repeat(3000))) {
      assertThatThrownBy(() -> EpochSignature.parse(other.getBytes(UTF_8)))
          .isInstanceOf(InvalidEpochException.class);
    }
  }
}
