# The browser of the journeys: found, or installed as root on Debian, or said to be missing.
set -u
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "No Chromium here; installing it (chromium, fonts-noto-cjk)."
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; } >/dev/null && exit 0
fi
echo "!!! NO BROWSER: the journeys will be skipped. Install Chromium and Noto CJK fonts, for example" >&2
echo "!!! apt-get install chromium fonts-noto-cjk" >&2
