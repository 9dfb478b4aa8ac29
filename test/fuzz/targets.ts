import type { FuzzTarget } from './target.ts';
import { archives } from './targets/archives.ts';
import { audit } from './targets/audit.ts';
import { http } from './targets/http.ts';
import { multipart } from './targets/multipart.ts';
import { packets } from './targets/packets.ts';
import { pictures } from './targets/pictures.ts';
import { rtsp } from './targets/rtsp.ts';
import { socket } from './targets/socket.ts';
import { yaml } from './targets/yaml.ts';

export const targets: readonly FuzzTarget[] = [
  ...[rtsp, packets, socket, http, multipart, pictures, archives, yaml, audit],
];
