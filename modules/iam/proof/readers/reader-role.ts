/** A role of a reader, as the settings of a partner ask for it. */
export interface ReaderRole {
  readonly arn: string;
  readonly name: string;
  /** The partner whose files are read. */
  readonly owner: string;
  /** ARNs of roles, users and accounts' roots that may take it on. */
  readonly principals: readonly string[];
  /** What they must say. */
  readonly externalId?: string | undefined;
  readonly bucket: string;
  /** What is read: folders, which end in `/`, and keys. */
  readonly places: readonly string[];
}

/** A key that a reader may read, of each place. */
export const keysOf = ({ places }: ReaderRole): readonly string[] =>
  places.map((place) =>
    place.endsWith("/") ? `${place}0a1b/1/files/disc 1/track:01.flac` : place,
  );

/** What the pattern of a place looks like in a policy. */
export const patternsOf = ({ places }: ReaderRole): readonly string[] =>
  places.map((place) => (place.endsWith("/") ? `${place}*` : place));
