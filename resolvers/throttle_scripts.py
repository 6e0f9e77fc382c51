"""What Valkey does in one step. The numbers come from `rules/sign_in`; the curve here is the one there
(`BackOff.delay`), and a test compares the two.

The first argument of each is the moment, in seconds. A key lives as long as what it counts matters.
"""

_SHARED = """
local now = tonumber(ARGV[1])

local function number(key, field)
    return tonumber(redis.call('HGET', key, field) or '0')
end

-- A bucket keeps how much was taken from it; it runs empty with time.
local function taken(key, seconds)
    return math.max(0, number(key, 'taken') - math.max(0, now - number(key, 'at')) / seconds)
end

local function wait_of(key, capacity, seconds)
    return math.max(0, (taken(key, seconds) + 1 - capacity) * seconds)
end

local function take(key, seconds)
    local level = taken(key, seconds) + 1
    redis.call('HSET', key, 'taken', level, 'at', now)
    redis.call('EXPIRE', key, math.ceil(level * seconds) + 60)
end

-- A count starts anew some seconds after it began.
local function count(key, lasting)
    if now - number(key, 'since') < lasting then return number(key, 'tries') end
    return 0
end
"""

# KEYS: pair, familiar, account, network, everywhere, pace.
# ARGV: moment, three curves of free, longest, remembered, first (stranger, under attack, familiar),
# attack, its seconds, the three buckets. Answers: refused by what, wait, familiar.
ASK = (
    _SHARED
    + """
local pair, familiar_key, account, network, everywhere, pace = unpack(KEYS)
local familiar = redis.call('EXISTS', familiar_key)

local curve = 2
if familiar == 1 then
    curve = 10
elseif count(account, tonumber(ARGV[15])) >= tonumber(ARGV[14]) then
    curve = 6
end
local free, longest = tonumber(ARGV[curve]), tonumber(ARGV[curve + 1])
local remembered, first = tonumber(ARGV[curve + 2]), tonumber(ARGV[curve + 3])

local last = number(pair, 'at')
local tries = 0
if now - last < remembered then tries = number(pair, 'tries') end
if tries >= free then
    local wait = last + math.min(longest, first * 2 ^ math.min(tries - free, 30)) - now
    if wait > 0 then return {'account', tostring(wait), familiar} end
end

if familiar == 0 then
    local wait = wait_of(network, tonumber(ARGV[16]), tonumber(ARGV[17]))
    if wait > 0 then return {'network', tostring(wait), familiar} end
    wait = wait_of(everywhere, tonumber(ARGV[18]), tonumber(ARGV[19]))
    if wait > 0 then return {'everywhere', tostring(wait), familiar} end
    wait = wait_of(pace, tonumber(ARGV[20]), tonumber(ARGV[21]))
    if wait > 0 then return {'pace', tostring(wait), familiar} end
    take(pace, tonumber(ARGV[21]))
end

redis.call('HSET', pair, 'tries', tries + 1, 'at', now)
redis.call('EXPIRE', pair, math.ceil(math.max(tonumber(ARGV[4]), tonumber(ARGV[8]))) + 60)
return {'', '0', familiar}
"""
)

# The try was wrong. KEYS: account, network, everywhere. ARGV: moment, familiar, seconds an attack lasts,
# seconds of the two buckets. Answers how many wrong tries this account saw lately.
WRONG = (
    _SHARED
    + """
local account, network, everywhere = unpack(KEYS)
local tries = count(account, tonumber(ARGV[3]))
if ARGV[2] == '1' then return tries + 1 end
take(network, tonumber(ARGV[4]))
take(everywhere, tonumber(ARGV[5]))
if tries == 0 then redis.call('HSET', account, 'since', now) end
redis.call('HSET', account, 'tries', tries + 1)
redis.call('EXPIRE', account, tonumber(ARGV[3]) + 60)
return tries + 1
"""
)

# The try was right. KEYS: pair, familiar. ARGV: moment, seconds to stay familiar.
RIGHT = """
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], 1, 'EX', ARGV[2])
return 1
"""

# Nothing was learned about the password. KEYS: pair. ARGV: moment.
FORGET = (
    _SHARED
    + """
if redis.call('EXISTS', KEYS[1]) == 1 then
    redis.call('HSET', KEYS[1], 'tries', math.max(0, number(KEYS[1], 'tries') - 1))
end
return 1
"""
)

# KEYS: the bucket. ARGV: moment, capacity, seconds. Answers the wait, '0' when it was there.
SPEND = (
    _SHARED
    + """
local wait = wait_of(KEYS[1], tonumber(ARGV[2]), tonumber(ARGV[3]))
if wait == 0 then take(KEYS[1], tonumber(ARGV[3])) end
return tostring(wait)
"""
)
