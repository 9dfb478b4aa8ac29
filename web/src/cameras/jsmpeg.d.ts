declare module '@cycjimmy/jsmpeg-player' {
  /** Where a source puts its bytes. */
  export interface Destination {
    write(data: ArrayBuffer): void;
  }

  export interface PlayerOptions {
    readonly canvas: HTMLCanvasElement;
    readonly source: new (url: string, options: PlayerOptions) => object;
    readonly audio: boolean;
    readonly disableGl?: boolean;
    readonly disableWebAssembly: boolean;
    readonly pauseWhenHidden: boolean;
    readonly videoBufferSize?: number;
    readonly onVideoDecode?: () => void;
    /** Read by our own source. */
    readonly openSocket: () => WebSocket;
    readonly onSocketClosed: (code: number, message: string | undefined) => void;
  }

  interface Player {
    readonly video: {
      /** Takes the coded bytes of one picture; `pts` in seconds. */
      write(pts: number, buffers: readonly Uint8Array[]): void;
    };
    destroy(): void;
  }

  const JSMpeg: { Player: new (url: string, options: PlayerOptions) => Player };
  export default JSMpeg;
}
