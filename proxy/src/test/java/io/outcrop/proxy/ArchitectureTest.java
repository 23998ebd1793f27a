package io.outcrop.proxy;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;

/** Who may know whom. */
@AnalyzeClasses(packages = "io.outcrop", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String OCI = "io.outcrop.oci..";
  private static final String STORAGE = "io.outcrop.storage..";
  private static final String CACHE = "io.outcrop.storage.cache..";
  private static final String REFACTOR = "io.outcrop.refactor..";
  private static final String PEERING = "io.outcrop.peering..";
  private static final String BENCH = "io.outcrop.bench..";
  private static final String[] SERVICES = {
    "io.outcrop.proxy.upstream..",
    "io.outcrop.proxy.fill..",
    "io.outcrop.proxy.resolve..",
    "io.outcrop.proxy.repair..",
    "io.outcrop.proxy.config..",
    "io.outcrop.proxy.metrics..",
    "io.outcrop.proxy.names..",
    "io.outcrop.proxy.images..",
    "io.outcrop.proxy.refactor..",
    "io.outcrop.proxy.jobs..",
    "io.outcrop.proxy.media..",
    "io.outcrop.proxy.transfer..",
  };

  @ArchTest static final ArchRule oci_knowsOnlyItself = onlyKnows(OCI);
  @ArchTest static final ArchRule cache_knowsOnlyOci = onlyKnows(CACHE, OCI);
  @ArchTest static final ArchRule storage_knowsOnlyOci = onlyKnows(STORAGE, OCI);
  @ArchTest static final ArchRule refactor_knowsOnlyStorage = onlyKnows(REFACTOR, OCI, STORAGE);
  @ArchTest static final ArchRule peering_knowsOnlyStorage = onlyKnows(PEERING, OCI, STORAGE);

  @ArchTest
  static final ArchRule bench_isKnownByNobody =
      noClasses()
          .that()
          .resideOutsideOfPackage(BENCH)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(BENCH);

  @ArchTest
  static final ArchRule services_doNotKnowHttp =
      noClasses()
          .that()
          .resideInAnyPackage(SERVICES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.outcrop.proxy.http..",
              "io.outcrop.proxy.registry..",
              "io.outcrop.proxy.admin..",
              "io.outcrop.proxy.cli..",
              "io.netty..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule rocksDb_isKnownByTheStoreOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.outcrop.storage")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.rocksdb..");

  @ArchTest
  static final ArchRule javaSerialisation_isNotUsed =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ObjectInputStream.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ObjectOutputStream.class);

  @ArchTest
  static final ArchRule threads_doNotSleep =
      noClasses()
          .should()
          .callMethodWhere(target(owner(assignableTo(Thread.class))).and(target(name("sleep"))))
          .because("waiting on a condition or a scheduler can be woken and tested");

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching("io.outcrop.(**)").should().beFreeOfCycles();

  private static ArchRule onlyKnows(String who, String... whom) {
    DescribedPredicate<JavaClass> ours = resideInAPackage("io.outcrop..");
    DescribedPredicate<JavaClass> allowed =
        resideInAPackage(who).or(JavaClass.Predicates.resideInAnyPackage(whom));
    return noClasses()
        .that()
        .resideInAPackage(who)
        .should()
        .dependOnClassesThat(ours.and(DescribedPredicate.not(allowed)))
        .as("classes in %s know, of ours, only themselves and %s".formatted(who, List.of(whom)))
        .allowEmptyShould(true);
  }
}
