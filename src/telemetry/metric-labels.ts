import { armingKinds } from '../domain/arming.ts';
import { clusterBounds, federationBounds, outboxBounds } from '../domain/bounds.ts';
import { cameraStates } from '../domain/camera-status.ts';
import { clipReasons } from '../domain/clip.ts';
import { clusterDropReasons } from '../domain/cluster.ts';
import { driftMeasures } from '../domain/drift/drift-measure.ts';
import { errorCodes } from '../domain/errors.ts';
import { federationRefusals } from '../domain/federation.ts';
import { dropReasons } from '../domain/frame/ledger.ts';
import { lookReasons } from '../domain/motion.ts';
import { deviceEventKinds } from '../domain/onvif.ts';
import { deadReasons, lostReasons } from '../domain/outbox/delivery.ts';
import { skipReasons } from '../domain/outbox/receiver.ts';
import { coverings } from '../domain/quality/occlusion.ts';
import { shadowAgreements, shadowDropReasons } from '../domain/shadow.ts';
import { streamNoteKinds } from '../domain/stream-notes.ts';
import { handshakeResults } from '../domain/tls-material.ts';
import { topics } from '../domain/topics.ts';
import { backupResults } from './backup-metrics.ts';
import { streamFaults } from './camera-metrics.ts';
import { ringLosses } from './clip-metrics.ts';
import { nodeStates } from './cluster-metrics.ts';
import { qualityComponents, rejectionReasons } from './face-metrics.ts';
import { partOutcomes } from './motion-metrics.ts';
import { stages } from './stage-metrics.ts';
import { openStates } from './watchlist-metrics.ts';

export interface LabelRule {
  readonly meaning: string;
  /** The closed set of its values; absent where the machine or the configuration bounds them. */
  readonly values?: readonly string[];
  /** Values that there may be at most. */
  readonly atMost: number;
}

const closed = (meaning: string, values: readonly string[]): LabelRule => ({
  meaning,
  values: [...new Set(values)],
  atMost: new Set(values).size,
});
const bounded = (meaning: string, atMost: number): LabelRule => ({ meaning, atMost });

/**
 * Every label that a metric may have, and how many values it can take: what
 * keeps Prometheus small and people out of it. A test holds all metrics to it;
 * a label that names a track, a person, an alert, a client or an address has
 * no place here.
 */
export const metricLabels: Readonly<Record<string, LabelRule>> = {
  camera: bounded('Id of a configured camera', 256),
  watchlist: bounded('Id of a watchlist', 256),
  receiver: bounded(
    'Id of a receiver outside; `push:` for devices of people, all together',
    outboxBounds.receivers + 1,
  ),
  member: bounded('Name of a node of the cluster', clusterBounds.nodes),
  site: bounded('Id of a site of this centre', federationBounds.sites),
  refusal: closed(
    'Why a message between site and centre, or a list, was not taken',
    federationRefusals,
  ),
  measure: closed("What is counted of a camera's pictures and faces", driftMeasures),
  subject: closed('What is disarmed', armingKinds),
  state: closed(
    'State of a camera (`camera_state`), of a node (`cluster_nodes`) or of an alert (the others)',
    [...cameraStates, ...openStates, ...nodeStates, 'confirmed', 'dismissed'],
  ),
  reason: closed(
    'Why a frame was dropped, a face was not used, an appearance has no clip, something was not sent, or a stream ended (codes of the [registry](errors.md))',
    [
      ...dropReasons,
      ...rejectionReasons,
      ...clusterDropReasons,
      ...streamFaults,
      ...clipReasons,
      ...ringLosses,
      ...deadReasons,
      ...lostReasons,
      ...skipReasons,
      'other',
    ],
  ),
  look: closed(
    'Why faces were looked for in a picture, or that they were not (`still`)',
    lookReasons,
  ),
  event: closed('What a camera says by ONVIF', deviceEventKinds),
  part: closed('What became of a part of a picture that was worth a closer look', partOutcomes),
  stage: closed('Stage of the way of a frame', stages),
  component: closed('Component of face image quality (ISO/IEC 29794-5)', qualityComponents),
  cause: closed('Why models on trial did not judge a track', shadowDropReasons),
  agreement: closed('Which version of the models would report a match', shadowAgreements),
  covering: closed('What covers a part of a face', coverings),
  outcome: closed("Reviewers' verdict", ['confirmed', 'dismissed']),
  model: bounded('Name of a model of the manifest', 16),
  provider: closed('Execution provider of ONNX Runtime', ['cpu', 'webgpu', 'cuda', 'tensorrt']),
  requested: closed('Provider that was asked for', ['cpu', 'webgpu', 'cuda', 'tensorrt']),
  precision: closed('Precision of the weights', ['fp32', 'fp16', 'int8']),
  partly: closed('Whether the CPU runs a part of the model', ['true', 'false']),
  queue: closed('Kind of inference work', ['detect', 'fuse', 'embed', 'align', 'enhance']),
  worker: bounded('Inference worker thread: `all`, `detect`, `faces`, `faces-2`, …', 64),
  topic: closed('Topic of the event socket, or `preview`', [...topics, 'preview']),
  route: bounded('Pattern of an address, `/api/alerts/:id`; `unknown` for what is not there', 96),
  status: closed('Class of the HTTP status', ['1xx', '2xx', '3xx', '4xx', '5xx']),
  code: closed('Code of the [registry](errors.md)', Object.keys(errorCodes)),
  result: closed('What became of spans, of TLS handshakes, or of backups', [
    ...backupResults,
    'exported',
    'failed',
    ...handshakeResults,
  ]),
  usable: closed('Whether an enrolled image is of the recogniser in use', ['yes', 'no']),
  folder: closed('Folder of the program', ['data']),
  gpu: bounded('Graphics card: `nvidia-0`, `card1`', 16),
  codec: bounded('Codec of a stream', 8),
  resolution: bounded('Width and height of a stream, pixels', 64),
  decoder: bounded('`software`, or the kind of device that decodes', 8),
  note: closed('What is odd in a stream', streamNoteKinds),
  source: closed("Client that plays a stream: ours, or FFmpeg's behind it", ['own', 'compatible']),
  transport: closed('Way of the packets of a stream', ['tcp', 'udp', 'http', 'multicast']),
  version: bounded('Version of Nightglass, or of Node (`nodejs_version_info`)', 1),
  node: bounded('Version of Node', 1),
  major: bounded('Part of the version of Node', 1),
  minor: bounded('Part of the version of Node', 1),
  patch: bounded('Part of the version of Node', 1),
  type: bounded('Kind of resource that keeps the process alive, as Node names it', 64),
  space: bounded("Space of V8's heap", 16),
  kind: bounded('Kind of garbage collection', 4),
};
