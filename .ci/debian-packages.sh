#!/usr/bin/env bash
# Debian packages that the named CI stages can use: a browser, ffmpeg, an RTSP
# server that is not ours, exiftool, Mosquitto, NATS, poppler, PostgreSQL, Prometheus, venv. Tests that lack one are skipped.
set -euo pipefail

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 0

gstreamer=(python3-gi gir1.2-gst-rtsp-server-1.0
  gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad)
wanted=()
for stage; do
  case $stage in
    unit | integration) wanted+=(chromium ffmpeg libimage-exiftool-perl mosquitto nats-server poppler-utils postgresql prometheus prometheus-alertmanager age caddy nginx-light python3 "${gstreamer[@]}") ;;
    browser) wanted+=(chromium ffmpeg) ;;
    firefox) wanted+=(firefox-esr ffmpeg) ;;
    training) wanted+=(python3-venv) ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  [[ " ${missing[*]} " == *" $package "* ]] || dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 \
  || { tail -3 "$log"; echo "SKIPPED: could not install ${missing[*]}: tests that need them are skipped"; }
