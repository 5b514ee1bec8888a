import type { ReactNode } from 'react';

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const icons = {
  overview: (
    <Icon>
      <path d="M3 3h6v6H3zM11 3h6v6h-6zM3 11h6v6H3zM11 11h6v6h-6z" />
    </Icon>
  ),
  tickets: (
    <Icon>
      <path d="M3 5.5h14v3a1.8 1.8 0 0 0 0 3.5v3H3v-3a1.8 1.8 0 0 0 0-3.5zM12.5 6v1.5M12.5 9.5v1.5M12.5 13v1" />
    </Icon>
  ),
  assets: (
    <Icon>
      <path d="M7 5h10M7 10h10M7 15h10M3 5h.5M3 10h.5M3 15h.5" />
    </Icon>
  ),
  uptime: (
    <Icon>
      <path d="M3 17V8M8 17V4M13 17v-6M18 17V6.5" />
    </Icon>
  ),
  standard: (
    <Icon>
      <path d="M5 2.5h8.5L16 5v12.5H5zM8 7h5M8 10.5h5M8 14h3" />
    </Icon>
  ),
  devices: (
    <Icon>
      <path d="M3.5 12.5h13v4h-13zM6 14.5h.5M10 9.5v3M6.5 7a5 5 0 0 1 7 0M4 4.5a8.6 8.6 0 0 1 12 0" />
    </Icon>
  ),
  discovery: (
    <Icon>
      <path d="M10 17V9.5M7 6.8a4.2 4.2 0 0 0 0 5.4M13 6.8a4.2 4.2 0 0 1 0 5.4M4.5 4.5a7.4 7.4 0 0 0 0 10M15.5 4.5a7.4 7.4 0 0 1 0 10M10 9.4v.2" />
    </Icon>
  ),
  more: (
    <Icon>
      <path d="M3 5.5h14M3 10h14M3 14.5h14" />
    </Icon>
  ),
  theme: (
    <Icon>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 3a7 7 0 0 0 0 14z" fill="currentColor" />
    </Icon>
  ),
  help: (
    <Icon>
      <circle cx="10" cy="10" r="7.2" />
      <path d="M7.8 7.8a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.5M10 14v.1" />
    </Icon>
  ),
  person: (
    <Icon>
      <circle cx="10" cy="6.8" r="3.2" />
      <path d="M3.8 17a6.2 6.2 0 0 1 12.4 0" />
    </Icon>
  ),
  people: (
    <Icon>
      <circle cx="7.2" cy="7" r="2.8" />
      <path d="M2 16.5a5.2 5.2 0 0 1 10.4 0M12.5 4.4a2.8 2.8 0 0 1 0 5.2M14 11.6a5.2 5.2 0 0 1 4 4.9" />
    </Icon>
  ),
  audit: (
    <Icon>
      <path d="M4 3h12v14H4zM7 7h.5M10 7h3M7 10h.5M10 10h3M7 13h.5M10 13h3" />
    </Icon>
  ),
  out: (
    <Icon>
      <path d="M8 3.5H3.5v13H8M12.5 6.5 16 10l-3.5 3.5M16 10H7.5" />
    </Icon>
  ),
  back: (
    <Icon>
      <path d="M12.5 4 6.5 10l6 6" />
    </Icon>
  ),
  lock: (
    <Icon>
      <path d="M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9" />
    </Icon>
  ),
  camera: (
    <Icon>
      <path d="M3 6h3l1.3-2h5.4L14 6h3v10H3z" />
      <circle cx="10" cy="10.8" r="3" />
    </Icon>
  ),
  scan: (
    <Icon>
      <path d="M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4M6.5 10h7" />
    </Icon>
  ),
} as const;
