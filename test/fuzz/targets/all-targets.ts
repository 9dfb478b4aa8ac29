import { archives } from './archives.ts';
import { audit } from './audit.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { http } from './http.ts';
import { multipart } from './multipart.ts';
import { packets } from './packets.ts';
import { pictures } from './pictures.ts';
import { rtsp } from './rtsp.ts';
import { socket } from './socket.ts';
import { yaml } from './yaml.ts';

export const targets: readonly FuzzTarget[] = [
  ...[rtsp, packets, socket, http, multipart, pictures, archives, yaml, audit],
];
