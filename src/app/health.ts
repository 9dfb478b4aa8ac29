import type { IdleSetting } from '../config/idle-config.ts';
import type { CameraStatus } from '../domain/camera-status.ts';
import { chosenDrops, type FrameLedger } from '../domain/frame/ledger.ts';
import { expiresSoonMs, type TlsStatus } from '../domain/tls-material.ts';
import type { InferenceHealth } from '../inference/inference.ts';
import type { HealthReport } from '../services/system/health.ts';
import type { ClockHold } from '../store/clock-guard.ts';
import type { StoreHealth } from '../store/store.ts';
import type { AnalysisFaults } from './analysis-faults.ts';
import type { CameraSet } from './camera-set.ts';

export interface HealthSources {
  readonly inference: InferenceHealth;
  readonly store: StoreHealth;
  /** Why the clock is not believed. */
  readonly clockHold: ClockHold | undefined;
  /** Why the end of the audit log could not be kept elsewhere, where it is to be. */
  readonly anchorFault: string | undefined;
  /** Why the last regular backup could not be made, where there are to be such. */
  readonly backupFault: string | undefined;
  readonly unstored: { readonly waiting: number; readonly lost: number };
  /** Lists in force whose people were all enrolled with other weights than those in use. */
  readonly outdatedLists: readonly string[];
  /** Lists that match nobody until somebody has reviewed them; those that have expired are none. */
  readonly unreviewedLists: readonly string[];
  readonly cameras: Pick<CameraSet, 'list'>;
  readonly ledger: FrameLedger;
  readonly faults: Pick<AnalysisFaults, 'faultOf'>;
  /** Undefined where TLS is not spoken. */
  readonly tls: TlsStatus | undefined;
  /** Of the configuration in force. */
  readonly idle: readonly IdleSetting[];
  /** Why cameras that were added do not run, by their id. */
  readonly cameraProblems: ReadonlyMap<string, string>;
  /** Of receivers outside. */
  readonly receiverProblems: readonly { readonly code: string; readonly message: string }[];
  /** That nothing is armed. */
  readonly armingProblems: readonly { readonly code: string; readonly message: string }[];
  /** Of searches of recorded footage. */
  readonly footageProblems: readonly { readonly code: string; readonly message: string }[];
  /** Beyond this machine. */
  readonly clusterProblems: HealthReport['problems'];
  /** Wall milliseconds. */
  readonly now: number;
  readonly uptimeSeconds: number;
  readonly closing: boolean;
}

/** How the process is, for `/healthz` and the dashboard. */
export function healthReport(from: HealthSources): HealthReport {
  const { inference, store } = from;
  const problems = [...recordProblems(from), ...tlsProblems(from)];
  problems.push(...from.clusterProblems);
  problems.push(...from.receiverProblems, ...from.footageProblems, ...from.armingProblems);
  for (const worker of inference.workers) {
    if (worker.state === 'ready') continue;
    problems.push({
      code: 'INFERENCE_WORKER_LOST',
      message: `The inference worker ${worker.name} is ${worker.state}${worker.lastError ? ` (${worker.lastError})` : ''}.`,
    });
  }
  for (const { task, reason, effect } of inference.disabled) {
    problems.push({
      code: 'MODEL_FILE_MISSING',
      message: `No ${task} model (${reason}): ${effect}.`,
    });
  }
  for (const model of inference.models) {
    if (model.fallbackFrom === undefined) continue;
    problems.push({
      code: 'PROVIDER_UNAVAILABLE',
      message: `${model.model} runs on ${model.provider}, not on ${model.fallbackFrom}: ${model.fallbackReason ?? 'not there'}.`,
    });
  }
  problems.push(...listProblems(from));
  for (const { key, message } of from.idle) {
    problems.push({ code: 'CONFIG_IDLE', message: `${key}: ${message}.` });
  }
  for (const [cameraId, why] of from.cameraProblems) {
    problems.push({
      cameraId,
      code: 'CONFLICT',
      message: `Camera ${cameraId} does not run: ${why}.`,
    });
  }
  const allDrops = from.ledger.drops();
  for (const { wanted, status } of from.cameras.list()) {
    const drops = allDrops
      .filter(({ cameraId, reason }) => cameraId === wanted.id && !chosenDrops.includes(reason))
      .sort((a, b) => b.count - a.count)
      .map(({ reason }) => reason);
    const fault = from.faults.faultOf(status, from.now, drops);
    if (fault !== null) problems.push({ cameraId: wanted.id, ...fault });
    problems.push(...eventProblems(status));
    if (['live', 'connecting', 'scheduled_off'].includes(status.state)) continue;
    problems.push({
      cameraId: wanted.id,
      code: status.reason?.code ?? 'STREAM_STALLED',
      message: `Camera ${wanted.id} is ${status.state}${status.reason ? `: ${status.reason.message}` : ''}`,
    });
  }
  const dropped: Record<string, number> = {};
  for (const { reason, count } of allDrops) {
    // By choice (detection.rate, the schedule): nothing is wrong.
    if (chosenDrops.includes(reason)) continue;
    dropped[reason] = (dropped[reason] ?? 0) + count;
  }
  return {
    // A worker that is restarted is no reason to kill the process: `ready` says it.
    status: problems.length > 0 ? 'degraded' : 'ok',
    ready: inference.ok && !from.closing,
    problems,
    uptimeSeconds: from.uptimeSeconds,
    providers: providersOf(inference),
    store: {
      writable: store.durable,
      ...(store.reason === undefined ? {} : { message: store.reason }),
    },
    ...(from.tls === undefined ? {} : { tls: tlsDetail(from.tls) }),
    framesDropped: dropped,
  };
}

/** Of what is to be kept: the store, its clock, anchors of its audit log. */
function recordProblems(from: HealthSources): HealthReport['problems'][number][] {
  const { store, unstored } = from;
  const problems: HealthReport['problems'][number][] = [];
  if (!store.durable) {
    problems.push({
      code: store.corrupt === true ? 'STORE_CORRUPT' : 'STORE_UNWRITABLE',
      message: `${store.corrupt === true ? 'The database is damaged, stop the program and run "nightglass store repair"' : 'The data folder cannot be written'} (${store.reason ?? store.mode}): alerts are shown, not kept; ${unstored.waiting} wait, ${unstored.lost} are lost.`,
    });
  }
  const damaged = store.damagedValues ?? 0;
  if (damaged > 0) {
    problems.push({
      code: 'STORE_CORRUPT',
      message: `${damaged} value(s) of the database cannot be read, they were changed or damaged: whom they describe is not recognised (the log names them).`,
    });
  }
  if (from.clockHold !== undefined) {
    const [expected, now] = [from.clockHold.expected, from.clockHold.now].map(dateOf);
    problems.push({
      code: 'CLOCK_JUMPED',
      message: `The clock says ${now}, expected was about ${expected}: nothing is deleted by age until the clock is set right or an administrator confirms it ("nightglass store confirm-time").`,
    });
  }
  if (from.anchorFault !== undefined) {
    problems.push({ code: 'AUDIT_ANCHOR_FAILED', message: `${from.anchorFault}.` });
  }
  if (from.backupFault !== undefined) {
    problems.push({ code: 'BACKUP_FAILED', message: `${from.backupFault}.` });
  }
  return problems;
}

/** Watchlists that match nobody, as nobody meant them to. */
function listProblems({
  outdatedLists,
  unreviewedLists,
}: HealthSources): HealthReport['problems'][number][] {
  return [
    ...outdatedLists.map((id) => ({
      watchlistId: id,
      code: 'CONFLICT',
      message: `Watchlist ${id} matches nobody: its people were enrolled with another recognition model; enrol them again.`,
    })),
    ...unreviewedLists.map((id) => ({
      watchlistId: id,
      code: 'REVIEW_PENDING',
      message: `Watchlist ${id} waits for its review and matches nobody.`,
    })),
  ];
}

/** What a camera says of itself by ONVIF, and that it cannot be heard. */
function eventProblems({ cameraId, events }: CameraStatus): HealthReport['problems'][number][] {
  const problems: HealthReport['problems'][number][] = [];
  if (events?.tamper?.active === true) {
    problems.push({
      cameraId,
      code: 'CAMERA_TAMPERED',
      message: `Camera ${cameraId} says since ${dateOf(events.tamper.since)} that it is covered, turned or out of focus.`,
    });
  }
  if (events?.state === 'failed') {
    problems.push({
      cameraId,
      code: 'ONVIF_FAILED',
      message: `Events of camera ${cameraId} are not heard: ${events.reason?.message ?? 'no answer'}`,
    });
  }
  return problems;
}

function tlsProblems({ tls, now }: HealthSources): { code: string; message: string }[] {
  if (tls === undefined) return [];
  const problems: { code: string; message: string }[] = [];
  if (tls.fault !== undefined) {
    problems.push({
      code: 'TLS_INVALID',
      message: `${tls.fault}; the certificate before stays in force.`,
    });
  }
  if (tls.expiresAt - now <= expiresSoonMs) {
    const ends = tls.expiresAt > now ? 'ends' : 'has ended';
    problems.push({
      code: 'TLS_EXPIRING',
      message: `The certificate of the gateway ${ends} (${dateOf(tls.expiresAt)}): renew it.`,
    });
  }
  return problems;
}

function tlsDetail({ expiresAt, minVersion, clientCertificates }: TlsStatus) {
  return { expiresAt, minVersion, clientCertificates };
}

function dateOf(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}

/** What each model runs on, and what it was meant to run on. */
export function providersOf({
  models,
}: Pick<InferenceHealth, 'models'>): HealthReport['providers'] {
  return models.map(({ model, task, provider, precision, partly, fallbackFrom }) => ({
    model,
    task,
    provider,
    requested: fallbackFrom ?? provider,
    precision,
    partly,
  }));
}
