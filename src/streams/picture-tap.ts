import { GroupCache } from './preview/group-cache.ts';
import type { PreviewFeed, PreviewSink, PreviewVideo } from './preview/preview-feed.ts';
import type { EncodedPicture } from './rtsp/encoded-picture.ts';
import type { VideoInfo } from './video-source.ts';

/** Passes the pictures of a camera's one pull on to previews, from the latest key picture. */
export class PictureTap implements PreviewFeed {
  readonly #sinks = new Set<PreviewSink>();
  readonly #cache = new GroupCache();
  #needsKey = true;
  #video: PreviewVideo | null = null;

  /** The decoded size of what comes, and whether decoded pictures are what is meant. */
  video(video: VideoInfo, isPlain: boolean): void {
    const codec = video.codec as PreviewVideo['codec'];
    this.#video = { codec, width: video.width, height: video.height, isPlain };
    for (const sink of this.#sinks) this.#begin(sink, this.#video);
  }

  /** A new session begins: pictures before its first key picture belong to nothing. */
  restart(): void {
    this.#cache.clear();
    this.#needsKey = true;
    for (const sink of this.#sinks) sink.restart?.();
  }

  picture(picture: EncodedPicture): void {
    if (this.#needsKey && !picture.key) return;
    this.#needsKey = false;
    this.#cache.push(picture);
    for (const sink of this.#sinks) sink.picture(picture);
  }

  attach(sink: PreviewSink): () => void {
    this.#sinks.add(sink);
    if (this.#video !== null) this.#begin(sink, this.#video);
    return () => this.#sinks.delete(sink);
  }

  #begin(sink: PreviewSink, video: PreviewVideo): void {
    if (!sink.video(video)) return;
    for (const picture of this.#cache.pictures) sink.picture(picture);
  }
}
