package io.outcrop.bench.cache;

import io.outcrop.bench.cache.workload.Scenario;
import io.outcrop.bench.cache.workload.Workload;

/** What happens to the site while it is used. */
enum Events {
  /** Nothing. */
  NONE {
    @Override
    Workload happenTo(Workload workload, long seed) {
      return Scenario.withoutScan(workload);
    }
  },
  /** {@link Scenario#scan}. */
  SCAN {
    @Override
    Workload happenTo(Workload workload, long seed) {
      return Scenario.scan(workload, seed);
    }
  },
  /** {@link Scenario#deployment}. */
  DEPLOYMENT {
    @Override
    Workload happenTo(Workload workload, long seed) {
      return Scenario.deployment(workload, seed);
    }
  },
  /** {@link Scenario#outage}. */
  OUTAGE {
    @Override
    Workload happenTo(Workload workload, long seed) {
      return Scenario.outage(workload);
    }
  },
  /** {@link Scenario#peer}. */
  PEER {
    @Override
    Workload happenTo(Workload workload, long seed) {
      return Scenario.peer(workload);
    }
  },
  /** {@link Scenario#ranges}. */
  RANGES {
    @Override
    Workload happenTo(Workload workload, long seed) {
      return Scenario.ranges(workload);
    }
  };

  abstract Workload happenTo(Workload workload, long seed);
}
