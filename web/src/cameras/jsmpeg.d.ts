declare module '@cycjimmy/jsmpeg-player' {
  interface DecoderOptions {
    readonly streaming: boolean;
    /** Bytes. */
    readonly videoBufferSize: number;
    readonly decodeFirstFrame: boolean;
  }

  interface VideoDestination {
    resize(width: number, height: number): void;
    render(y: Uint8ClampedArray, cr: Uint8ClampedArray, cb: Uint8ClampedArray): void;
  }

  interface VideoDecoder {
    connect(destination: VideoDestination): void;
    write(seconds: number, buffers: readonly Uint8Array[]): void;
    /** False when no whole picture is left. */
    decode(): boolean;
  }

  interface StreamDestination {
    /** The coded bytes of one picture. */
    write(seconds: number, buffers: readonly Uint8Array[]): void;
  }

  interface Demuxer {
    connect(stream: number, destination: StreamDestination): void;
    write(data: ArrayBuffer): void;
  }

  const JSMpeg: {
    readonly Decoder: { readonly MPEG1Video: new (options: DecoderOptions) => VideoDecoder };
    readonly Demuxer: {
      readonly TS: (new (
        options: object,
      ) => Demuxer) & {
        readonly STREAM: { readonly VIDEO_1: number };
      };
    };
  };
  export default JSMpeg;
}
