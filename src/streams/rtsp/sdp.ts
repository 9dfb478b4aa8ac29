export type VideoCodec = 'h264' | 'hevc' | 'mjpeg';

/** The video stream that a session description offers. */
export interface SdpVideo {
  readonly codec: VideoCodec;
  readonly payloadType: number;
  /** Ticks a second of the RTP timestamps. */
  readonly clockRate: number;
  /** `a=control` of the media, relative or absolute; empty when there is none. */
  readonly control: string;
  /** Parameter sets out of band, without start codes, in order of use. */
  readonly parameterSets: readonly Buffer[];
}

/** The parts of a session description that a video client needs. */
export interface SessionDescription {
  /** `a=control` of the session; empty when there is none. */
  readonly control: string;
  /** The first video that can be decoded, or `null`. */
  readonly video: SdpVideo | null;
  /** Names of all video encodings offered, for messages. */
  readonly encodings: readonly string[];
}

interface Media {
  readonly kind: string;
  readonly payloadTypes: readonly number[];
  control: string;
  readonly maps: Map<number, { name: string; clockRate: number }>;
  readonly formats: Map<number, Map<string, string>>;
}

const codecs: Readonly<Record<string, VideoCodec>> = {
  H264: 'h264',
  H265: 'hevc',
  HEVC: 'hevc',
  JPEG: 'mjpeg',
};

/** Reads a session description (RFC 8866) leniently: lines that it does not know are ignored. */
export function parseSdp(text: string): SessionDescription {
  let control = '';
  const medias: Media[] = [];
  for (const line of text.split(/\r?\n/)) {
    const media = medias.at(-1);
    if (line.startsWith('m=')) medias.push(openMedia(line.slice(2)));
    else if (line.startsWith('a=control:')) {
      const value = line.slice(10).trim();
      if (media === undefined) control = value;
      else media.control = value;
    } else if (media !== undefined) readAttribute(media, line);
  }
  const videos = medias.filter((media) => media.kind === 'video');
  for (const media of videos) {
    for (const payloadType of media.payloadTypes) {
      const map = media.maps.get(payloadType);
      const codec = codecs[map?.name ?? ''];
      if (map === undefined || codec === undefined) continue;
      const video: SdpVideo = {
        codec,
        payloadType,
        clockRate: map.clockRate,
        control: media.control,
        parameterSets: parameterSets(codec, media.formats.get(payloadType)),
      };
      return { control, video, encodings: [map.name] };
    }
  }
  const encodings = videos.flatMap((media) => [...media.maps.values()].map((map) => map.name));
  return { control, video: null, encodings };
}

function openMedia(value: string): Media {
  const [kind = '', , , ...payloadTypes] = value.trim().split(/\s+/);
  const maps = new Map<number, { name: string; clockRate: number }>();
  // Static payload type 26 is JPEG at 90 kHz and needs no map (RFC 3551).
  if (payloadTypes.includes('26')) maps.set(26, { name: 'JPEG', clockRate: 90_000 });
  return { kind, payloadTypes: payloadTypes.map(Number), control: '', maps, formats: new Map() };
}

function readAttribute(media: Media, line: string): void {
  const map = /^a=rtpmap:(\d+)\s+([^/\s]+)\/(\d+)/.exec(line);
  if (map !== null) {
    const clockRate = Number(map[3]) || 90_000;
    media.maps.set(Number(map[1]), { name: (map[2] ?? '').toUpperCase(), clockRate });
    return;
  }
  const format = /^a=fmtp:(\d+)\s+(.*)$/.exec(line);
  if (format === null) return;
  const fields = new Map<string, string>();
  for (const part of (format[2] ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0)
      fields.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  media.formats.set(Number(format[1]), fields);
}

function parameterSets(codec: VideoCodec, fields: Map<string, string> | undefined): Buffer[] {
  const names = {
    h264: ['sprop-parameter-sets'],
    hevc: ['sprop-vps', 'sprop-sps', 'sprop-pps'],
    mjpeg: [],
  };
  return names[codec]
    .flatMap((name) => (fields?.get(name) ?? '').split(','))
    .map((part) => Buffer.from(part.trim(), 'base64'))
    .filter((set) => set.length > 1);
}
