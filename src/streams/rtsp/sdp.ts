/** What our own client puts together. */
export type VideoCodec = 'h264' | 'hevc' | 'mjpeg';
/** What can be decoded, by whichever client it comes. */
export type DecodedCodec = VideoCodec | 'mpeg4' | 'mpeg2' | 'h263' | 'vp8' | 'vp9' | 'av1';

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
  /** Units carry decoding order numbers (RFC 7798). */
  readonly orderNumbers?: boolean;
  /** The picture's size where the description names it. */
  readonly size?: { readonly width: number; readonly height: number } | null;
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
  size: { readonly width: number; readonly height: number } | null;
}

const codecs: Readonly<Record<string, VideoCodec>> = {
  H264: 'h264',
  H265: 'hevc',
  HEVC: 'hevc',
  JPEG: 'mjpeg',
  MJPEG: 'mjpeg',
  MJPG: 'mjpeg',
};

/** A description of more lines is cut off. */
const maxLines = 1_000;

/** Reads a session description (RFC 8866) leniently: lines that it does not know are ignored. */
export function parseSdp(text: string): SessionDescription {
  let control = '';
  const medias: Media[] = [];
  for (const raw of text.split(/\r\n|\n|\r/).slice(0, maxLines)) {
    const line = raw
      .trim()
      .replace(/^([a-z])\s*=\s*/i, (_, key: string) => `${key.toLowerCase()}=`);
    const media = medias.at(-1);
    if (line.startsWith('m=')) medias.push(openMedia(line.slice(2)));
    else if (/^a=control\s*:/i.test(line)) {
      const value = line.slice(line.indexOf(':') + 1).trim();
      if (media === undefined) control = value;
      else media.control = value;
    } else if (media !== undefined) readAttribute(media, line);
  }
  const videos = medias.filter((media) => media.kind === 'video');
  for (const media of videos) {
    for (const payloadType of media.payloadTypes) {
      const map = media.maps.get(payloadType) ?? guessMap(media, payloadType);
      const codec = codecs[map?.name ?? ''];
      if (map === undefined || codec === undefined) continue;
      const fields = media.formats.get(payloadType);
      const video: SdpVideo = {
        codec,
        orderNumbers: codec === 'hevc' && Number(fields?.get('sprop-max-don-diff') ?? 0) > 0,
        size: media.size,
        payloadType,
        clockRate: map.clockRate,
        control: media.control,
        parameterSets: parameterSets(codec, fields),
      };
      return { control, video, encodings: [map.name] };
    }
  }
  const encodings = videos.flatMap((media) => [...media.maps.values()].map((map) => map.name));
  return { control, video: null, encodings };
}

function openMedia(value: string): Media {
  const [name = '', , , ...payloadTypes] = value.trim().split(/\s+/);
  const kind = name.toLowerCase();
  const maps = new Map<number, { name: string; clockRate: number }>();
  // Static payload type 26 is JPEG at 90 kHz and needs no map (RFC 3551).
  if (payloadTypes.includes('26')) maps.set(26, { name: 'JPEG', clockRate: 90_000 });
  return {
    kind,
    payloadTypes: payloadTypes.map(Number),
    control: '',
    maps,
    formats: new Map(),
    size: null,
  };
}

/** Cameras leave the map out: their parameter sets, or the only type there is, tell. */
function guessMap(media: Media, payloadType: number) {
  const fields = media.formats.get(payloadType);
  if (fields === undefined) return undefined;
  const isH265 = fields.has('sprop-vps') || fields.has('sprop-sps');
  const isH264 = fields.has('sprop-parameter-sets') || fields.has('packetization-mode');
  if (!isH264 && !isH265) return undefined;
  return { name: isH265 ? 'H265' : 'H264', clockRate: 90_000 };
}

function readAttribute(media: Media, line: string): void {
  const map = /^a=rtpmap:\s*(\d+)\s+([^/\s]+)\s*(?:\/\s*(\d+))?/i.exec(line);
  if (map !== null) {
    const clockRate = Number(map[3]) || 90_000;
    media.maps.set(Number(map[1]), { name: (map[2] ?? '').toUpperCase(), clockRate });
    return;
  }
  // `framesize:26 1920-1080` and `x-dimensions:1920,1080`: for JPEG of more than 2040 pixels.
  const size = /^a=(?:framesize:\s*\d+\s+|x-dimensions:\s*)(\d{1,5})\s*[-,]\s*(\d{1,5})/i.exec(
    line,
  );
  if (size !== null) media.size = { width: Number(size[1]), height: Number(size[2]) };
  const format = /^a=fmtp:\s*(\d+)\s+(.*)$/i.exec(line);
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
