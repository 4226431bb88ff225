/* The frugal program. */
int main(void)
{
    return 0;
}
