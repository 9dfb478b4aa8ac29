import type { ListMatch, Probe } from './match.ts';

/** Templates that are compared with: clear ones, or the poor views that stand in their place. */
export type TemplateKind = 'clear' | 'poor-view';

/** A template as a matching node holds it: a vector, and nothing of whom it shows. */
export interface HeldTemplate {
  readonly id: string;
  readonly model: string;
  /** L2-normalised. */
  readonly embedding: Float32Array;
  /** On the scale of clear templates; null: the embedding stands in. */
  readonly poorView: { readonly embedding: Float32Array } | null;
}

/** A face that is not the person whom it matched. */
export interface HeldLookAlike {
  readonly model: string;
  readonly embedding: Float32Array;
  readonly score: number;
}

export interface HeldPerson {
  readonly personId: string;
  readonly templates: readonly HeldTemplate[];
  readonly lookAlikes: readonly HeldLookAlike[];
  /** More templates of this person follow; what is there takes the old one's place with the last. */
  readonly more: boolean;
}

/** A part of a list as a node has it. Its number names it for as long as the control node runs. */
export interface PartState {
  readonly part: number;
  /** Changes that were made in it. */
  readonly revision: number;
  readonly people: number;
  /** By embedding model. */
  readonly templates: Readonly<Record<string, number>>;
}

/** A part to be searched. */
export interface SearchedPart {
  readonly part: number;
  /** Changes that it has to have. */
  readonly revision: number;
  /** Fused score from which on its list reports. */
  readonly threshold: number;
}

/** What the control node asks of a matching node. Changes of a part are numbered from 1 on. */
export type PartRequest =
  | { readonly kind: 'state' }
  | { readonly kind: 'begin'; readonly part: number }
  | {
      readonly kind: 'put';
      readonly part: number;
      readonly revision: number;
      readonly people: readonly HeldPerson[];
    }
  | {
      readonly kind: 'remove';
      readonly part: number;
      readonly revision: number;
      readonly personId: string;
    }
  | { readonly kind: 'drop'; readonly parts: readonly number[] }
  | {
      readonly kind: 'search';
      readonly probe: Probe;
      readonly template: TemplateKind;
      /** Best people of each part; null: the one whom the list would report. */
      readonly limit: number | null;
      readonly parts: readonly SearchedPart[];
    };

/** Somebody of a part, without what the control node knows of them and of their list. */
export type PartMatch = Pick<
  ListMatch,
  'personId' | 'templateId' | 'scores' | 'pictureScores' | 'threshold' | 'matched'
>;

/** What was found in a part; null where it is not there, or lacks changes. */
export interface FoundInPart {
  readonly part: number;
  readonly matches: readonly PartMatch[] | null;
}

export type PartAnswer =
  /** After `state`: everything that is held; after a change: that part. */
  | { readonly kind: 'held'; readonly parts: readonly PartState[] }
  | { readonly kind: 'found'; readonly parts: readonly FoundInPart[] }
  /** More searches wait than can be done. */
  | { readonly kind: 'busy' };

/** Nodes that hold parts of lists, as the control node reaches them. */
export interface MatchingNodes {
  /** Those that can be asked, and whether they are to take more. */
  list(): readonly { readonly node: string; readonly session: string; readonly takes: boolean }[];
  /**
   * Asks a node; what is asked of one node arrives in the order of asking.
   * @throws Error (as rejection) without an answer in time
   */
  ask(
    to: { readonly node: string; readonly session: string },
    request: PartRequest,
  ): Promise<PartAnswer>;
}
