import type { z } from 'zod';
import type { Awaitable } from '../../domain/awaitable.ts';
import type { Principal, Role } from '../../domain/principal.ts';
import type { UploadedImage } from '../../domain/uploaded-image.ts';
import type { Session } from '../access/sessions.ts';

/** A file that can be read from anywhere. */
export interface PartedFile {
  readonly bytes: number;
  /** Bytes `from` to before `until`. */
  read(from: number, until: number): Iterable<Uint8Array>;
}

/** What a handler answers with. `cookie` is a whole `Set-Cookie`, or several. */
export type Answer =
  | { readonly status?: number; readonly json: unknown; readonly cookie?: string | string[] }
  | { readonly jpeg: Uint8Array }
  /** Sent as a whole, or the part that the request asks for. */
  | { readonly file: PartedFile; readonly contentType: string }
  | { readonly status?: number; readonly text: string; readonly contentType: string }
  /** Sent as it comes; `fileName` makes a browser save it. */
  | {
      readonly stream: AsyncIterable<string | Uint8Array>;
      readonly contentType: string;
      readonly fileName?: string;
    }
  | { readonly status: 204; readonly cookie?: string }
  /** Leads a browser there. */
  | { readonly redirect: string; readonly cookie: string[] };

/** Files and text fields of a multipart request. */
export interface Upload {
  readonly images: readonly UploadedImage[];
  readonly fields: Readonly<Record<string, string>>;
}

export interface RouteRequest<P, Q, B> {
  /** Who asks; undefined only on a public route. */
  readonly principal: Principal | undefined;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Empty unless the route takes images and was sent some. */
  readonly images: readonly UploadedImage[];
  /** Set where the route takes an archive. */
  readonly archive: UploadedImage | undefined;
  /** Set when the principal is known by cookie. */
  readonly session: Session | undefined;
  /**
   * Where the request comes from; `secure` when it came over TLS, to a proxy before us at least;
   * `prefix` is what stands before our paths in the browser, such as `/nightglass`; `agent` what
   * the browser calls itself; `browser` the secret that it keeps of a sign-in before, `step` of one that is under way; `home` the
   * address of the dashboard, with a slash at its end; `origin` scheme, host and port of it, where
   * no header counts that everybody can send; `signIn` what it brings back from an identity
   * provider.
   */
  readonly remote: {
    readonly address: string;
    readonly secure: boolean;
    readonly prefix: string;
    readonly agent: string;
    readonly browser: string | undefined;
    readonly step: string | undefined;
    readonly home: string;
    readonly origin: string;
    readonly signIn: string | undefined;
  };
}

/**
 * What a route takes as multipart/form-data: `images` in parts named `image`, or one `archive`.
 * Where it takes `images-or-json`, a JSON body may stand in.
 */
export type UploadKind = 'images' | 'images-or-json' | 'archive';

/** What a route is limited in, beyond its role: see `GatewayLimits`. */
export type RouteLimit = 'login' | 'search' | 'folder';

interface RouteSpec<P, Q, B, R extends Role | null> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** In fastify's notation, `/api/alerts/:id`. */
  readonly path: string;
  /** The least role that may ask; null: nobody is asked who they are, though a token is heard. */
  readonly role: R;
  /** Counted by principal and refused with 429 when too many. */
  readonly limit?: RouteLimit;
  readonly summary: string;
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  /** JSON body; with `upload`, the text fields of the form. */
  readonly body?: z.ZodType<B>;
  readonly upload?: UploadKind;
  /** Whether the body is an HTML form's: no other route takes one. */
  readonly form?: true;
  /**
   * Whether the request may be read at all, before its body is; what it returns is disposed of once
   * the request is answered.
   */
  readonly admit?: (
    request: Pick<RouteRequest<P, Q, B>, 'params'> & {
      readonly principal: R extends null ? Principal | undefined : Principal;
    },
  ) => Awaitable<Disposable>;
  /** Schema of the JSON answer by status, or the media type of another. */
  readonly answers: Readonly<Record<number, z.ZodType | string | null>>;
  readonly handle: (
    request: Omit<RouteRequest<P, Q, B>, 'principal'> & {
      readonly principal: R extends null ? Principal | undefined : Principal;
    },
  ) => Awaitable<Answer>;
}

/** A route whose input types are settled inside: what registration and OpenAPI read. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly role: Role | null;
  readonly limit?: RouteLimit;
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly upload?: UploadKind;
  readonly form?: true;
  readonly admit?: (
    request: Pick<RouteRequest<never, never, never>, 'principal' | 'params'>,
  ) => Awaitable<Disposable>;
  readonly answers: Readonly<Record<number, z.ZodType | string | null>>;
  readonly handle: (request: RouteRequest<never, never, never>) => Awaitable<Answer>;
}

/** Declares a route: its schemas give the handler's types and the OpenAPI document. */
export function route<R extends Role | null, P = unknown, Q = unknown, B = unknown>(
  spec: RouteSpec<P, Q, B, R>,
): Route {
  // Registration hands the handler only what these schemas have parsed, and a
  // principal wherever `role` is set; the cast carries that knowledge.
  return spec as unknown as Route;
}
