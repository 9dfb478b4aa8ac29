import type { Clock } from '../domain/clock.ts';
import type { Enhancer } from '../domain/face-models.ts';
import type { Stage, StageMetrics } from '../telemetry/stage-metrics.ts';
import type { AnalysisPorts } from './analysis-contract.ts';

/** The same enhancer, each call of which is timed. Failed calls count as well. */
export function timedEnhancer(enhancer: Enhancer, stages: StageMetrics, clock: Clock): Enhancer {
  return {
    async enhance(face) {
      const started = clock.monotonic();
      try {
        return await enhancer.enhance(face);
      } finally {
        stages.duration('enhance', (clock.monotonic() - started) / 1000);
      }
    },
  };
}

/** The same ports, each call of which is timed as its stage. Failed calls count as well. */
export function timedPorts(
  ports: AnalysisPorts,
  stages: StageMetrics,
  clock: Clock,
): AnalysisPorts {
  const timed = async <T>(stage: Stage, work: () => Promise<T>): Promise<T> => {
    const started = clock.monotonic();
    try {
      return await work();
    } finally {
      stages.duration(stage, (clock.monotonic() - started) / 1000);
    }
  };
  const timedCall = <T>(stage: Stage, work: () => T): T => {
    const started = clock.monotonic();
    try {
      return work();
    } finally {
      stages.duration(stage, (clock.monotonic() - started) / 1000);
    }
  };
  const { detector, aligner, enhancer, embedder, fuser, gallery, alertStore } = ports;
  return {
    ...ports,
    aligner: { align: (face) => timed('align', () => aligner.align(face)) },
    detector: {
      detect: (picture, closer) => timed('detect', () => detector.detect(picture, closer)),
    },
    enhancer: timedEnhancer(enhancer, stages, clock),
    embedder: {
      model: embedder.model,
      rejectBelow: embedder.rejectBelow,
      embed: (face) => timed('embed', () => embedder.embed(face)),
      embedEnhanced: (image) => timed('embed', () => embedder.embedEnhanced(image)),
    },
    fuser: { fuse: (face) => timed('fuse', () => fuser.fuse(face)) },
    gallery: {
      search(probe, cameraId) {
        const started = clock.monotonic();
        const finish = () => stages.duration('match', (clock.monotonic() - started) / 1000);
        let found: ReturnType<typeof gallery.search> | undefined;
        try {
          found = gallery.search(probe, cameraId);
          return found;
        } finally {
          if (found instanceof Promise) void found.then(finish, finish);
          else finish();
        }
      },
    },
    alertStore: {
      insert: (...given) => timedCall('alert', () => alertStore.insert(...given)),
      update: (...given) => timedCall('alert', () => alertStore.update(...given)),
      sight: (...given) => timedCall('alert', () => alertStore.sight(...given)),
      openAlert: (...key) => alertStore.openAlert(...key),
      lastSighting: (...key) => alertStore.lastSighting(...key),
      seen: (...given) => alertStore.seen(...given),
      markStill: (...given) => alertStore.markStill(...given),
    },
  };
}
