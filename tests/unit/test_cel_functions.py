"""The functions that Kubernetes adds to CEL give what its documentation and Go's libraries say."""

from __future__ import annotations

import pytest

from meshgen.crd.cel import Bound, Failed, evaluate

URL = "url('https://me@web.example:8443/a b?q=1&q=2&r=x+y&bad=%zz&c=1;d=2&&e#top')"

HOLDS = [
    "isIP('10.0.0.1') && isIP('::1') && isIP('2001:DB8::1')",
    "!isIP('10.0.0') && !isIP('010.0.0.1') && !isIP('fe80::1%eth0') && !isIP('::ffff:1.2.3.4')",
    "ip.isCanonical('2001:db8::1') && !ip.isCanonical('2001:DB8::1')",
    "ip('2001:DB8::1') == ip('2001:db8:0::1')",
    "ip('10.0.0.1').family() == 4 && ip('::1').family() == 6",
    "ip('0.0.0.0').isUnspecified() && !ip('10.0.0.1').isUnspecified()",
    "ip('127.0.0.1').isLoopback() && !ip('10.0.0.1').isLoopback()",
    "ip('224.0.0.1').isLinkLocalMulticast() && !ip('224.0.1.1').isLinkLocalMulticast()",
    "ip('ff02::1').isLinkLocalMulticast() && !ip('fd00::1').isLinkLocalMulticast()",
    "ip('169.254.1.1').isLinkLocalUnicast() && !ip('fd80::1').isLinkLocalUnicast()",
    "ip('192.168.0.1').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast()",
    "!ip('ff00::1').isGlobalUnicast()",
    "isCIDR('10.0.0.1/8') && isCIDR('::/0') && !isCIDR('10.0.0.0/33') && !isCIDR('::ffff:1.2.3.4/120')",
    "cidr('10.0.0.1/8').ip() == ip('10.0.0.1') && cidr('10.0.0.1/8').prefixLength() == 8",
    "cidr('10.0.0.1/8').masked() == cidr('10.0.0.0/8') && cidr('10.0.0.1/8') != cidr('10.0.0.0/8')",
    "cidr('10.0.0.0/8').containsIP('10.1.1.1') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.1'))",
    "cidr('10.0.0.0/8').containsCIDR('10.0.0.1/16') && !cidr('10.0.0.0/16').containsCIDR(cidr('10.0.0.0/8'))",
    f"{URL}.getScheme() == 'https' && {URL}.getHost() == 'web.example:8443'",
    f"{URL}.getHostname() == 'web.example' && {URL}.getPort() == '8443'",
    f"{URL}.getEscapedPath() == '/a%20b'",
    f"{URL}.getQuery() == {{'q': ['1', '2'], 'r': ['x y'], 'e': ['']}}",
    "url('//web/a').getHost() == 'web' && url('///a').getHost() == ''",
    "url('*').getEscapedPath() == '*' && url('/a%2Fb').getEscapedPath() == '/a%2Fb'",
    "url('http://[fe80::1%25en0]:80/').getHostname() == 'fe80::1%en0' && url('http://a').getPort() == ''",
    "quantity('1.5Gi').isGreaterThan(quantity('1.5G')) && quantity('1u').isLessThan(quantity('1m'))",
    "quantity('200M').compareTo(quantity('0.2G')) == 0 && quantity('1e3') == quantity('1k')",
    "quantity('50k').add(20).sub(quantity('100k')).sub(-50000) == quantity('20')",
    "quantity('1.').add(quantity('.5')) == quantity('+1.5')",
    "sign(quantity('-1Ki')) == -1 && sign(quantity('0')) == 0 && sign(quantity('1E')) == 1",
    "quantity('50k').asInteger() == 50000 && quantity('1m').asApproximateFloat() == 0.001",
    "quantity('50k').isInteger() && !quantity('1m').isInteger() && !quantity('10E').isInteger()",
    "isQuantity('1.3Gi') && isQuantity('Mi')",
    "!isQuantity('1,3G') && !isQuantity('200K') && !isQuantity('')",
    "[1, 2, 2].isSorted() && !['b', 'a'].isSorted()",
    "[1, 2].sum() == 3 && [2, 1].min() == 1 && [2, 1].max() == 2",
    "sets.contains([1, 2], [2, 2]) && !sets.contains([1], [2]) && sets.equivalent([1, 1], [1])",
    "sets.intersects([1, 2], [2, 3]) && !sets.intersects([1], [])",
    "'a12b3'.find('[0-9]+') == '12' && 'ab'.find('[0-9]') == ''",
    "'a12b3'.findAll('[0-9]+') == ['12', '3'] && 'a12b3'.findAll('[0-9]+', 1) == ['12']",
    "!format.dns1123Label().validate('web-1').hasValue() && format.dns1123Label().validate('Web').hasValue()",
    "!format.dns1123LabelPrefix().validate('web-').hasValue()",
    "!format.dns1123Subdomain().validate('web.example').hasValue()",
    "!format.dns1035Label().validate('web').hasValue() && format.dns1035Label().validate('1').hasValue()",
    "!format.dns1035LabelPrefix().validate('web-').hasValue()",
    "!format.dns1123SubdomainPrefix().validate('web.-').hasValue()",
    "!format.qualifiedName().validate('a.example/b').hasValue()",
    "!format.labelValue().validate('').hasValue() && format.uri().validate('a').hasValue()",
    "!format.uuid().validate('3e7f0a52-1d3c-4c52-9d43-6c2f7a1be8d0').hasValue()",
    "!format.byte().validate('aGk=').hasValue() && !format.date().validate('2026-01-31').hasValue()",
    "!format.datetime().validate('2026-01-31T12:00:00Z').hasValue()",
    "format.date().validate('x').value() == [\"'x' is not of the format date\"]",
    "format.date().validate('2026-01-31').orValue(['none']) == ['none']",
    "format.date().validate('x').orValue([]).size() == 1",
]


@pytest.mark.parametrize("rule", HOLDS)
def test_a_function_gives_what_kubernetes_gives(rule: str) -> None:
    assert evaluate(rule, Bound(value=None)) is True


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("ip('x') == ip('x')", "'x' is not an IP address"),
        ("cidr('10.0.0.1') == cidr('10.0.0.1')", "'10.0.0.1' is not a range of addresses"),
        ("cidr('10.0.0.0/8').containsIP('x')", "'x' is not an IP address"),
        ("url('x').getScheme() == ''", "'x' is not a URL"),
        ("sign(quantity('200K')) == 1", "'200K' is not a quantity"),
        ("quantity('1m').asInteger() == 1", "cannot convert value to integer"),
        ("[].min() == 1", "min() arg is an empty sequence"),
        ("format.date().validate('2026-01-31').value() == []", "optional.none() dereference"),
    ],
)
def test_a_function_that_errs_fails_the_rule_as_on_an_api_server(rule: str, why: str) -> None:
    assert evaluate(rule, Bound(value=None)) == Failed(why, is_refusal=True)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("http://example.com", True),
        ("HTTPS://user:pw@example.com:8443/a?b=%zz", True),
        ("http://[::1]:80/", True),
        ("mailto:someone", True),
        ("/path", True),
        ("//path", True),
        ("*", True),
        ("", False),
        ("path", False),
        (":80/", False),
        ("1http://a", False),
        ("http://a b/", False),
        ("http://a#b/", False),
        ("http://a/%zz", False),
        ("http://a:b/", False),
        ("http://u%zz@a/", False),
        ("http://[::1/", False),
        ("http://[::g]/", False),
        ("http://[::1%eth0]/", False),
        ("http://[1.2.3.4]/", False),
        ("http://a:80:80/", False),
        ("http://a/\n", False),
    ],
)
def test_urls_are_read_as_gos_request_uris(text: str, is_one: bool) -> None:
    assert evaluate("isURL(self)", Bound(value=text)) is is_one
