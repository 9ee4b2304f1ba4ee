import type { Announcement, NotificationsSpec } from "../../modules/contract";

/** The announcement with the severity that the partner gives its kind. */
export function withSeverity(
  announcement: Announcement,
  settings: NotificationsSpec | undefined,
): Announcement {
  const severity = settings?.severity?.[announcement.kind];
  return severity === undefined ? announcement : { ...announcement, severity };
}

/** Names of the channels that are told, sorted. */
export function channelsFor(announcement: Announcement, settings: NotificationsSpec): string[] {
  const { channels, rules } = settings;
  if (rules === undefined) return Object.keys(channels).sort();
  const named = rules
    .filter(
      ({ kinds, severities }) =>
        (kinds?.includes(announcement.kind) ?? true) &&
        (severities?.includes(announcement.severity) ?? true),
    )
    .flatMap((rule) => rule.channels)
    .filter((name) => Object.hasOwn(channels, name));
  return [...new Set(named)].sort();
}
