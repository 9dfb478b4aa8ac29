import { AVERROR_EINVAL, AVERROR_INVALIDDATA, AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import { Dictionary, FFmpegError, type FormatContext, type Stream } from 'node-av/lib';
import { NightglassError } from '../../domain/errors.ts';
import '../ffmpeg/ffmpeg-log.ts';
import { assertIdentity } from './recording-identity.ts';

/**
 * Formats whose files hold their video themselves. FFmpeg finds the format by the content, whatever
 * the name: playlists and descriptions (concat, DASH, HLS, IMF, SDP, numbered images, scripts) name
 * other files and addresses, which it would open unchecked.
 */
const formats = [
  ...['matroska', 'webm', 'mov', 'mp4', 'avi', 'asf', 'asf_o', 'flv', 'live_flv', 'mxf', 'gxf'],
  ...['ogg', 'wtv', 'dhav', 'dv', 'nut', 'ivf', 'mpeg', 'mpegts', 'mpegvideo', 'm4v', 'mjpeg'],
  ...['h264', 'hevc', 'vvc', 'av1', 'obu', 'vc1'],
  // Pictures of bare MJPEG one after the other, by FFmpeg's name for them.
  'jpeg_pipe',
];

/**
 * Opens a video file, and reads what it holds. Nothing but this one file is opened, whatever is in it.
 * The caller closes `input`, also after an error.
 * @throws NightglassError `STREAM_UNREACHABLE` when it cannot be opened, `STREAM_UNSUPPORTED` when it
 *   is no video file of its own, or holds no video, `CONFLICT` when it is another file than was meant
 */
export async function openRecording(
  input: FormatContext,
  path: string,
  identity?: string,
): Promise<Stream> {
  // Before it is opened, as what is no file may never answer, and again when it is open.
  if (identity !== undefined) await assertIdentity(path, identity);
  using options = Dictionary.fromObject({
    format_whitelist: formats.join(','),
    protocol_whitelist: 'file',
  });
  const opened = await input.openInput(`file:${path}`, null, options);
  if (opened === AVERROR_EINVAL || opened === AVERROR_INVALIDDATA) {
    throw unreadable('STREAM_UNSUPPORTED', path, 'it is no video file of a format that is read');
  }
  if (opened < 0) throw unreadable('STREAM_UNREACHABLE', path, FFmpegError.strerror(opened));
  if (identity !== undefined) await assertIdentity(path, identity);
  const probed = await input.findStreamInfo();
  if (probed < 0) throw unreadable('STREAM_UNSUPPORTED', path, FFmpegError.strerror(probed));
  const stream = input.streams[input.findBestStream(AVMEDIA_TYPE_VIDEO)];
  if (stream !== undefined) return stream;
  throw unreadable('STREAM_UNSUPPORTED', path, 'it holds no video that can be decoded');
}

/** Why a video file cannot be read, as a coded error. */
export function unreadable(
  code: 'STREAM_UNREACHABLE' | 'STREAM_UNSUPPORTED',
  path: string,
  why: string,
): NightglassError {
  return new NightglassError(code, `Cannot read the video ${path}: ${why}`, {
    hint: 'Check the path, and that the file is a video and no playlist.',
  });
}
