package io.outcrop.refactor.compress;

import java.util.List;

/**
 * What the fixed corpus compresses to, by format and level: of zlib 1.2 and 1.3 (the JDK's own and
 * Debian's make the same), and of the version of zstd that is linked.
 */
final class CanaryHashes {

  private static final String NONE =
      "a3557a0d0e799490e3eb64f424f48a73f4386f844f68089583442f07b792ab68";
  private static final List<String> GZIP =
      List.of(
          "d2e3454bfbc92bcc7bee48c4d7c7d3f8869f998d9b1449d66b4f15cb5a066818",
          "39642b1b501360c2c226e50ec14ea3e6e7a1950e4e6c40ec18373791ff969cbe",
          "a578d3818f2cd2aa5a88c7d3a3867d0c546315ac31b6b5accc3fa6120a542df4",
          "bf9625b9a4ac75aa4afb87a1b72300a6718092eb2f73ce8504160ae052ef8c97",
          "9e43880de5107509aa22d7d52c397e2ac2528041b649482f08cdd0838595e417",
          "e8f2ca1a507f4c3fa427ebc1d46cb9198ba88b5ed66627027f96a4c7c531043a",
          "1d2831ccd7c70db66abb50f5d48689749be4c8159f30d8c8024ba743798a054f",
          "fe68244308f28c30c9a227c515644ced9bd26a6d8836e2fd386bc6d878a34e2c",
          "fe68244308f28c30c9a227c515644ced9bd26a6d8836e2fd386bc6d878a34e2c");
  private static final List<String> ZSTD =
      List.of(
          "2a9fbde225f2c176cee67857c7b161d8ccde9396b57aa05c9e6f7b92b5413ff5",
          "86ba86256a995ad23e62f2593a245237dad1b77a6bf9e047aac12d99847c3a7f",
          "da189f48d2858c71ef94b18b3881e338a1fe4d202eade27204a1d569c33ffd55",
          "92578469173195973b8181028f9f4c4be9c7ecd3c49c86222ef3d84fb87a209d",
          "91c649d9b98b7da100213093e32576cd70e367258245a642447507e79234f68e",
          "0eb6fae5be0d758cb8c8efee61cc72e84c87162e6a681e8b90bf7708365ec124",
          "ae1eca15188d2590de65b8986f1cf1497c85dad2b7cc4341b5825d47a8dab3f6",
          "4d4519c45e7dbb88809c28ed83e454da25506447421701538e7cca7007c541a2",
          "212bb1d1a2796b299011c55b36cbeb24023976fb903f43fb9c53a5ba9b049901",
          "9586c67783c00ef6a7743c37ca4679b67ced56fa34d3b87abf02ccec502090e9",
          "613ea5d7f2f06e540a901c246c32d8b91ba9c19c530628286c23044b5cb8ad5f",
          "bad1c4266a436d9849b825a6019dfc10c95c476ec9c1adc4f623dde713ac17e0",
          "b30f797a90c05da01e310018b72ed2d3870b2e4255357f0cee1592ce4749fd6b",
          "25321576f530347a9fd7f26178f2d2dc0e0fc5890cd678aeda74d6ca92304513",
          "d2487e9e12f66cbfad544364efc9a1fe6fae2afb4df296e3219147f3cb3bc254",
          "6ad4cee6b2e2fe963b7f39de3b7c89322c125995c0c1b9caa1c0bf16d6e7315e",
          "dd04b5709c183910811c04d0ee60ad623d8f20330b82578ace41e6a97d12dcf8",
          "3e88412bf2d2f42f44052ad196927363eff0c6a43f55b2d4d5a859205d92bf33",
          "1b2b906992b632f08203719c6a6200386b651b8173d93d8e3a5d176bc4741d36");

  private CanaryHashes() {}

  static String expected(Packing packing) {
    return switch (packing.compression()) {
      case NONE -> NONE;
      case GZIP -> GZIP.get(packing.level() - 1);
      case ZSTD -> ZSTD.get(packing.level() - 1);
    };
  }
}
