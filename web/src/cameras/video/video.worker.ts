import { NightglassClient } from '../../../../src/client/nightglass-client.ts';
import { codedVideoSupported, playCoded } from './coded-video.ts';
import type { FromWorker, ToWorker, VideoForm } from './messages.ts';
import { playMpeg1 } from './mpeg1-video.ts';
import type { VideoMode } from './picture-queue.ts';
import type { PlayingVideo } from './playing-video.ts';
import { Stage } from './stage.ts';
import { StreamClock } from './stream-clock.ts';

/**
 * One camera's live video: socket, decoder and canvas, away from the page's own
 * thread. Sixteen cameras are more than one thread can decode. The camera's own
 * video where it is passed on and this browser decodes it, else the preview's.
 */

const paceMs = 1_000;
/** No valid session, or no such camera for this visitor: the preview is not to be had either. */
const finalCodes = [4401, 4404];

let mode: VideoMode = 'all';
let playing: PlayingVideo | undefined;
let stage: Stage | undefined;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'mode') {
    mode = data.mode;
    if (playing !== undefined) playing.queue.mode = mode;
    return;
  }
  if (data.type === 'size') {
    if (stage !== undefined) stage.most = data;
    return;
  }
  const client = new NightglassClient({ address: data.address });
  stage = new Stage(data.canvas, post);
  if (codedVideoSupported) openCoded(stage, client, data.cameraId);
  else openMpeg1(stage, client, data.cameraId);
  reportPace(stage);
};

function openCoded(stage: Stage, client: NightglassClient, cameraId: string): void {
  const socket = client.codedVideo(cameraId);
  let over = false;
  const fallBack = (): void => {
    if (over) return;
    over = true;
    socket.close();
    stage.clock = new StreamClock();
    openMpeg1(stage, client, cameraId);
  };
  let played = false;
  socket.addEventListener('message', ({ data }) => {
    played ||= typeof data !== 'string';
  });
  const message = errorOf(socket);
  socket.onclose = ({ code }) => {
    if (over) return;
    // Refused, or a gateway that knows no such socket: the preview may still be there.
    if (!played && !finalCodes.includes(code)) return fallBack();
    over = true;
    post({ type: 'closed', code, message: message() });
  };
  begin('coded', playCoded(stage, socket, fallBack));
}

function openMpeg1(stage: Stage, client: NightglassClient, cameraId: string): void {
  const socket = client.preview(cameraId);
  const message = errorOf(socket);
  socket.onclose = ({ code }) => post({ type: 'closed', code, message: message() });
  begin('mpeg1', playMpeg1(stage, socket));
}

function begin(form: VideoForm, video: PlayingVideo): void {
  playing = video;
  playing.queue.mode = mode;
  post({ type: 'form', form });
}

/** Why the gateway closes a socket, once it has said so. */
function errorOf(socket: WebSocket): () => string | undefined {
  let message: string | undefined;
  socket.addEventListener('message', ({ data }) => {
    if (typeof data !== 'string') return;
    const said = JSON.parse(data) as { type: string; message?: string };
    if (said.type === 'error') message = said.message;
  });
  return () => message;
}

function reportPace(stage: Stage): void {
  let last = { at: performance.now(), received: 0, skipped: 0 };
  let counted: PlayingVideo | undefined;
  setInterval(() => {
    const at = performance.now();
    const seconds = (at - last.at) / 1000;
    const { received = 0, skipped = 0 } = playing?.queue ?? {};
    // Another form counts from nothing.
    const before = counted === playing ? last : { received: 0, skipped: 0 };
    const { drawn, busyMs } = stage.take();
    const pace = {
      received: (received - before.received) / seconds,
      drawn: drawn / seconds,
      skipped: skipped - before.skipped,
      busy: Math.min(1, busyMs / 1000 / seconds),
    };
    last = { at, received, skipped };
    counted = playing;
    post({ type: 'pace', pace });
  }, paceMs);
}

function post(message: FromWorker): void {
  self.postMessage(message);
}
